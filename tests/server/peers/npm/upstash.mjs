// What Upstash's client does with a server: argument 1 is the address of its HTTP interface.
import assert from "node:assert/strict";
import { Redis } from "@upstash/redis";

const client = new Redis({ url: process.argv[2], token: "none", enableTelemetry: false, retry: false });
await client.flushall();

assert.equal(await client.set("key", "value", { ex: 100 }), "OK");
assert.equal(await client.get("key"), "value");
assert.ok((await client.ttl("key")) > 90);
assert.equal(await client.get("absent"), null);
await client.set("object", { answer: 42, text: "zweiundvierzig" });
assert.deepEqual(await client.get("object"), { answer: 42, text: "zweiundvierzig" });
assert.equal(await client.incrby("counter", 5), 5);
await assert.rejects(client.incr("key"), /value is not an integer/);

assert.equal(await client.hset("hash", { a: "1", b: "two" }), 2);
assert.deepEqual(await client.hgetall("hash"), { a: 1, b: "two" });
await client.zadd("sorted", { score: 2, member: "b" }, { score: 1, member: "a" });
assert.deepEqual(await client.zrange("sorted", 0, -1, { withScores: true }), ["a", 1, "b", 2]);

assert.deepEqual(await client.pipeline().set("p", "1").incr("p").get("p").exec(), ["OK", 2, 2]);
assert.deepEqual(await client.multi().set("m", "1").incr("m").exec(), ["OK", 2]);

for (let i = 0; i < 50; ++i) await client.set(`scan:${i}`, "x");
const seen = new Set();
let cursor = "0";
do {
  const [next, keys] = await client.scan(cursor, { match: "scan:*", count: 7 });
  for (const key of keys) seen.add(key);
  cursor = String(next);
} while (cursor !== "0");
assert.equal(seen.size, 50);
console.log("well");
