"""What the parser of prometheus_client makes of /metrics: it raises for whatever is no OpenMetrics."""

import socket
import sys
import urllib.request

from prometheus_client.openmetrics.parser import text_string_to_metric_families

http_port, resp_port = sys.argv[1:]

client = socket.create_connection(("127.0.0.1", int(resp_port)))
client.sendall(b"SET key value\r\nGET key\r\nGET key\r\nLPUSH key x\r\nGET\r\nPING\r\n")
replies = b""
while not replies.endswith(b"+PONG\r\n"):
    replies += client.recv(4096)

with urllib.request.urlopen(f"http://127.0.0.1:{http_port}/livez") as response:
    response.read()
with urllib.request.urlopen(f"http://127.0.0.1:{http_port}/metrics") as response:
    text = response.read().decode()

families = {family.name: family for family in text_string_to_metric_families(text)}


def value_of(family, sample, **labels):
    found = [s.value for s in families[family].samples if s.name == sample and s.labels == labels]
    assert len(found) == 1, (sample, labels, found)
    return found[0]


commands = "quartz_command_duration_seconds"
assert families[commands].type == "histogram"
assert value_of(commands, commands + "_count", command="get") == 2
assert value_of(commands, commands + "_bucket", command="get", le="+Inf") == 2
assert 0 < value_of(commands, commands + "_sum", command="get") < 10
errors = "quartz_command_errors"
assert value_of(errors, errors + "_total", code="WRONGTYPE") == 1
rejected = "quartz_commands_rejected"
assert value_of(rejected, rejected + "_total", command="get") == 1
requests = "quartz_http_request_duration_seconds"
route = {"method": "GET", "route": "/livez", "status": "2xx"}
assert value_of(requests, requests + "_count", **route) == 1
received = "quartz_protocol_received_bytes"
assert value_of(received, received + "_total", protocol="resp") == 57
accepted = "quartz_protocol_connections_accepted"
assert value_of(accepted, accepted + "_total", protocol="resp") == 1
assert value_of(accepted, accepted + "_total", protocol="http") == 2

print("well")
