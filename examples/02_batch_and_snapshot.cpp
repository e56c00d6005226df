// Change several keys in several keyspaces at once, and read the state as it was before. Teaches:
// keyspaces, atomic batches, snapshots, values read without a copy.

#include <iostream>

#include <quartz/quartz.hpp>

int main() {
  auto engine = quartz::StorageEngine::open("./shop_db").value();

  // A keyspace has its own, separately ordered keys.
  auto existing = engine.keyspace("orders");
  const quartz::Keyspace orders = existing ? *existing : engine.create_keyspace("orders").value();

  engine.put("stock:apples", "100").value();
  const quartz::Snapshot before = engine.snapshot();

  // All of it or nothing, across keyspaces, visible at once.
  quartz::WriteBatch batch;
  batch.put("stock:apples", "97").put(orders, "order:1", "3 apples").remove("cart:alice");
  engine.write(batch, {.durability = quartz::Durability::disk}).value();

  std::cout << "stock now:    " << engine.get("stock:apples").value().value() << '\n';
  // A snapshot never changes, whatever is written, flushed or compacted meanwhile.
  std::cout << "stock before: " << engine.get("stock:apples", {.snapshot = &before}).value().value()
            << '\n';

  // Without a copy: the value is read where it lies, and stays as it is while `order` lives.
  const auto order = engine.get_pinned(orders, "order:1").value();
  if (order) std::cout << "order:1:      " << order->view() << '\n';
}
