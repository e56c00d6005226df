// What ioredis does with a server: argument 1 is the port.
import assert from "node:assert/strict";
import Redis from "ioredis";

const port = Number(process.argv[2]);
const redis = new Redis({ port, maxRetriesPerRequest: 1 });
await redis.flushall();

assert.equal(await redis.set("key", "value"), "OK");
assert.equal(await redis.get("key"), "value");
assert.equal(await redis.get("absent"), null);
assert.deepEqual(await redis.getBuffer("key"), Buffer.from("value"));
assert.equal(await redis.incrby("count", 41), 41);
assert.equal(await redis.set("brief", "1", "PX", 100000, "NX"), "OK");
assert.ok((await redis.pttl("brief")) > 90000);
assert.deepEqual(await redis.mget("key", "absent"), ["value", null]);

const piped = await redis.pipeline().set("a", 1).incr("a").incr("key").get("a").exec();
assert.equal(piped[1][1], 2);
assert.match(piped[2][0].message, /ERR value is not an integer/);
assert.equal(piped[3][1], "2");

const committed = await redis.multi().set("b", "1").incr("b").exec();
assert.deepEqual(committed, [[null, "OK"], [null, 2]]);

const other = redis.duplicate();
await redis.watch("b");
await other.set("b", "9");
assert.equal(await redis.multi().set("b", "10").exec(), null);
assert.equal(await redis.get("b"), "9");

for (let i = 0; i < 100; ++i) await redis.set(`scan:${i}`, i);
const seen = new Set();
for await (const keys of redis.scanStream({ match: "scan:*", count: 7 })) keys.forEach((key) => seen.add(key));
assert.equal(seen.size, 100);

const heard = new Promise((resolve) => other.on("message", (channel, text) => resolve([channel, text])));
await other.subscribe("news");
assert.equal(await redis.publish("news", "hello"), 1);
assert.deepEqual(await heard, ["news", "hello"]);

await Promise.all(Array.from({ length: 1000 }, (_, i) => redis.set(`many:${i}`, i)));
assert.equal(await redis.get("many:999"), "999");
other.disconnect();
await redis.quit();
console.log("well");
