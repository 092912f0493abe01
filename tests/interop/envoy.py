"""Envoy with its gRPC-JSON transcoder before the service: one process, a listener for each way of writing answers."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import envoy
import httpx

from tests.interop.definitions import SERVICES, descriptor_set
from tests.interop.processes import child
from tests.interop.styles import Style
from tests.support.patience import HANGING

_TYPE = "type.googleapis.com/envoy.extensions.filters."
_STREAMS = {"sse": "stream_sse_style_delimited", "lines": "stream_newline_delimited"}


@contextmanager
def running(backend_port: int, styles: Sequence[Style], folder: Path) -> Iterator[dict[Style, str]]:
    """Run Envoy while the block lasts; gives the URL for each style. All ports are free ones, on loopback."""
    descriptors, config, admin = folder / "descriptors.pb", folder / "envoy.json", folder / "admin-address"
    descriptors.write_bytes(descriptor_set())
    config.write_text(json.dumps(_bootstrap(backend_port, styles, descriptors)))
    arguments = ["--config-path", config, "--admin-address-path", admin, "--concurrency", "1"]
    quiet = ["--disable-hot-restart", "--log-level", "warning", "--log-path", folder / "envoy.log"]
    with child([_binary(), *map(str, arguments), *map(str, quiet)]) as process:
        yield _urls(process, admin, styles)


def _binary() -> str:
    return str(Path(envoy.__file__).parent / "_bin" / "envoy")


def _urls(process: subprocess.Popen[str], admin: Path, styles: Sequence[Style]) -> dict[Style, str]:
    end = time.monotonic() + HANGING
    while time.monotonic() < end and process.poll() is None:
        if admin.exists() and (address := admin.read_text()):
            listeners = httpx.get(f"http://{address}/listeners?format=json").json().get("listener_statuses", [])
            ports = {each["name"]: each["local_address"]["socket_address"]["port_value"] for each in listeners}
            if len(ports) == len(styles) and all(ports.values()):
                return {style: f"http://127.0.0.1:{ports[str(style)]}" for style in styles}
        time.sleep(0.05)
    raise RuntimeError(f"Envoy did not start; its log is beside {admin}")


def _bootstrap(backend_port: int, styles: Sequence[Style], descriptors: Path) -> dict[str, Any]:
    return {
        "admin": {"address": _address(0)},
        "static_resources": {
            "listeners": [_listener(style, descriptors) for style in styles],
            "clusters": [_cluster(backend_port)],
        },
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _cluster(port: int) -> dict[str, Any]:
    endpoint = {"endpoint": {"address": _address(port)}}
    options = "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"
    return {
        "name": "backend",
        "type": "STATIC",
        "connect_timeout": "30s",
        "load_assignment": {"cluster_name": "backend", "endpoints": [{"lb_endpoints": [endpoint]}]},
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": options,
                "explicit_http_config": {"http2_protocol_options": {}},
            }
        },
    }


def _listener(style: Style, descriptors: Path) -> dict[str, Any]:
    route = {"match": {"prefix": "/"}, "route": {"cluster": "backend", "timeout": "0s"}}
    manager = {
        "@type": _TYPE + "network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": str(style),
        "stream_idle_timeout": "0s",
        "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [route]}]},
        "http_filters": [
            {"name": "transcoder", "typed_config": _transcoder(style, descriptors)},
            {"name": "router", "typed_config": {"@type": _TYPE + "http.router.v3.Router"}},
        ],
    }
    filters = [{"name": "http", "typed_config": manager}]
    return {"name": str(style), "address": _address(0), "filter_chains": [{"filters": filters}]}


def _transcoder(style: Style, descriptors: Path) -> dict[str, Any]:
    return {
        "@type": _TYPE + "http.grpc_json_transcoder.v3.GrpcJsonTranscoder",
        "proto_descriptor": str(descriptors),
        "services": [service.full_name for service in SERVICES],
        "convert_grpc_status": True,
        "request_validation_options": {"reject_unknown_method": True, "reject_unknown_query_parameters": True},
        "print_options": {
            "always_print_primitive_fields": style.print_defaults,
            "preserve_proto_field_names": style.spelling == "snake",
            **({_STREAMS[style.framing]: True} if style.framing in _STREAMS else {}),
        },
    }
