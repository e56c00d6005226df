// What node-redis does with a server: argument 1 is the port.
import assert from "node:assert/strict";
import { BasicClientSideCache, createClient, WatchError } from "redis";

const port = Number(process.argv[2]);
const client = createClient({ socket: { port, reconnectStrategy: false } });
await client.connect();
await client.flushAll();

assert.equal(await client.set("key", "value", { EX: 100 }), "OK");
assert.equal(await client.get("key"), "value");
assert.ok((await client.ttl("key")) > 90);
assert.equal(await client.get("absent"), null);
assert.equal(await client.incrByFloat("real", 1.5), "1.5");
assert.equal(await client.exists(["key", "absent"]), 1);
await assert.rejects(client.incr("key"), /value is not an integer/);
assert.deepEqual(await client.multi().set("a", "1").incr("a").get("a").exec(), ["OK", 2, "2"]);

const other = client.duplicate();
await other.connect();
await client.watch("a");
await other.set("a", "9");
await assert.rejects(client.multi().set("a", "10").exec(), WatchError);

for (let i = 0; i < 50; ++i) await client.set(`scan:${i}`, "x");
const seen = new Set();
for await (const keys of client.scanIterator({ MATCH: "scan:*", COUNT: 7 })) {
  for (const key of keys) seen.add(key);
}
assert.equal(seen.size, 50);

let tell;
const heard = new Promise((resolve) => (tell = resolve));
await other.pSubscribe("new*", (text, channel) => tell([channel, text]));
assert.equal(await client.publish("news", "hello"), 1);
assert.deepEqual(await heard, ["news", "hello"]);

// A value is kept by the client until the server says that it has changed.
const cache = new BasicClientSideCache();
const caching = createClient({ RESP: 3, socket: { port, reconnectStrategy: false }, clientSideCache: cache });
await caching.connect();
await client.set("cached", "1");
assert.equal(await caching.get("cached"), "1");
assert.equal(await caching.get("cached"), "1");
assert.equal(cache.stats().hitCount, 1);
const changed = new Promise((resolve) => cache.on("invalidate", resolve));
await client.set("cached", "2");
await changed;
assert.equal(await caching.get("cached"), "2");
await caching.close();

other.destroy();
await client.close();
console.log("well");
