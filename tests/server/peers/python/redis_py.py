"""What redis-py does with a server: argument 1 is the port."""

import sys

import redis

port = int(sys.argv[1])
client = redis.Redis(port=port, decode_responses=True)
client.flushall()

assert client.ping()
assert client.set("key", "value", ex=100)
assert client.get("key") == "value"
assert 90 < client.ttl("key") <= 100
assert client.set("key", "other", nx=True) is None
assert client.get("absent") is None
assert client.mset({"a": 1, "b": 2}) and client.mget("a", "b", "c") == ["1", "2", None]
assert client.incr("a") == 2 and client.incrbyfloat("a", 0.5) == 2.5
try:
    client.incr("key")
    raise AssertionError("a text was counted with")
except redis.ResponseError as error:
    assert "not an integer" in str(error), error

with client.pipeline(transaction=False) as pipe:
    assert pipe.set("x", 1).incr("x").get("x").execute() == [True, 2, "2"]
with client.pipeline() as pipe:
    pipe.watch("x")
    redis.Redis(port=port).set("x", 9)
    pipe.multi()
    pipe.set("x", 10)
    try:
        pipe.execute()
        raise AssertionError("a changed key was not noticed")
    except redis.WatchError:
        pass


def add_one(pipe):
    pipe.multi()
    pipe.incr("x")


assert client.transaction(add_one, "x") == [10]

for i in range(100):
    client.set(f"scan:{i}", i)
assert len(set(client.scan_iter("scan:*", count=7))) == 100

listener = client.pubsub(ignore_subscribe_messages=True)
listener.subscribe("news")
listener.get_message(timeout=5)
assert client.publish("news", "hello") == 1
message = None
while message is None:
    message = listener.get_message(timeout=5)
assert message["data"] == "hello", message
listener.close()

ask = client.execute_command
assert ask("VADD", "films", "VALUES", 2, 1, 0, "alien", "SETATTR", '{"year": 1979}') == 1
assert ask("VADD", "films", "VALUES", 2, 0, 1, "heat") == 1
assert ask("VSIM", "films", "VALUES", 2, 1, 0.1) == ["alien", "heat"]
assert ask("VSIM", "films", "ELE", "alien", "WITHSCORES", "COUNT", 1) == ["alien", "1"]
assert ask("VSIM", "films", "ELE", "heat", "FILTER", ".year < 1980") == ["alien"]
with client.pipeline() as pipe:
    pipe.execute_command("VADD", "films", "VALUES", 2, 1, 1, "ran")
    pipe.execute_command("VCARD", "films")
    assert pipe.execute() == [1, 3]
assert client.type("films") == "vectorset"
client.delete("films")

assert client.info()["redis_mode"] == "standalone"
assert client.config_get("databases") == {"databases": "16"}
assert client.client_setname("me") and client.client_getname() == "me"
assert any(each["name"] == "me" for each in client.client_list())
assert int(client.dbsize()) == 104, client.dbsize()
print("well")
