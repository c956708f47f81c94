"""Re-saves a built ONNX graph: initializers in order of first use, those of 1 KB or more in `<name>_data` beside the
graph, no doc strings or metadata. Changes no name, no operator and no value.
"""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import ModelProto, TensorProto
from onnx.external_data_helper import set_external_data

EXTERNAL_FROM_BYTES = 1024
ALIGN = 64  # keeps every tensor aligned for typed-array views and SIMD loads


def resave(model: ModelProto, path: Path) -> None:
    """Write `path` and `path` + "_data". `model` must hold its tensors in memory."""
    graph = model.graph
    by_name = {tensor.name: tensor for tensor in graph.initializer}
    ordered: list[str] = []
    for node in graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
        ordered += [name for name in node.input if name in by_name and name not in ordered]
    if len(ordered) != len(by_name):
        raise ValueError(f"initializers without use: {set(by_name) - set(ordered)}")
    del graph.initializer[:]
    del graph.value_info[:]
    del graph.metadata_props[:]
    del model.metadata_props[:]
    graph.doc_string = model.doc_string = ""
    data = bytearray()
    for name in ordered:
        tensor = by_name[name]
        raw = onnx.numpy_helper.to_array(tensor).tobytes() if not tensor.HasField("raw_data") else tensor.raw_data
        tensor.doc_string = ""
        del tensor.metadata_props[:]
        if len(raw) >= EXTERNAL_FROM_BYTES:
            data += bytes(-len(data) % ALIGN)
            _clear_values(tensor)
            tensor.raw_data = raw
            set_external_data(tensor, location=path.name + "_data", offset=len(data), length=len(raw))
            tensor.ClearField("raw_data")
            data += raw
        graph.initializer.append(tensor)
    path.with_name(path.name + "_data").write_bytes(data)
    path.write_bytes(model.SerializeToString())


def _clear_values(tensor: TensorProto) -> None:
    for field in ("float_data", "int32_data", "int64_data", "raw_data"):
        tensor.ClearField(field)
