"""Prints what torch.fx's fuse and remove_dropout leave of the models of docs/optimizers.md. Run OptimizersTest first, it writes them.

Usage, from the repository's root: /usr/bin/python3 samediff-rewrite/src/test/optimizers/torch_fx.py
"""

import copy
import operator
from collections import Counter
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import fx, nn
from torch.fx.experimental import optimization

MODELS = Path(__file__).resolve().parents[3] / "target" / "optimizers"
ARITHMETIC = {"Add": operator.add, "Sub": operator.sub, "Mul": operator.mul, "Div": operator.truediv}
ACTIVATIONS = {"Relu": nn.ReLU, "Sigmoid": nn.Sigmoid, "Identity": nn.Identity, "Dropout": nn.Dropout}


def convolution(attributes, weight, bias=None, transposed=False):
    inputs = weight.shape[0] if transposed else weight.shape[1] * attributes.get("group", 1)
    outputs = weight.shape[1] if transposed else weight.shape[0]
    kind = nn.ConvTranspose2d if transposed else nn.Conv2d
    module = kind(
        inputs,
        outputs,
        tuple(weight.shape[2:]),
        stride=tuple(attributes.get("strides", (1, 1))),
        padding=tuple(attributes.get("pads", (0, 0, 0, 0))[:2]),
        groups=attributes.get("group", 1),
        bias=bias is not None,
    )
    return filled(module, weight=weight, bias=bias)


def linear(weight, bias=None):
    return filled(nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None), weight=weight, bias=bias)


def batch_norm(rank, weight, bias, mean, variance):
    kind = nn.BatchNorm2d if rank == 4 else nn.BatchNorm1d
    return filled(kind(len(weight)), weight=weight, bias=bias, running_mean=mean, running_var=variance)


def filled(module, **tensors):
    for name, tensor in tensors.items():
        if tensor is not None:
            getattr(module, name).data = tensor
    return module


def module_of(node, attributes, constants, rank):
    """The module that a node becomes, or None where PyTorch writes a function."""
    if node.op_type in ("Conv", "ConvTranspose"):
        return convolution(attributes, *constants, transposed=node.op_type == "ConvTranspose")
    if node.op_type == "Gemm":
        return linear(*constants)
    if node.op_type == "MatMul":
        return linear(constants[0].T)
    if node.op_type == "BatchNormalization":
        return batch_norm(rank, *constants)
    if node.op_type == "AveragePool":
        return nn.AvgPool2d(3, stride=1, padding=attributes["pads"][0])
    if node.op_type == "MaxPool":
        return nn.MaxPool2d(3, stride=1, padding=attributes["pads"][0])
    if node.op_type == "Pad":
        return nn.ConstantPad2d(int(constants[0][2]), 0.0)
    return ACTIVATIONS[node.op_type]() if node.op_type in ACTIVATIONS else None


def add_function(graph, node, attributes, values, constants):
    inputs = [values[name] if name in values else constants[name] for name in node.input]
    if node.op_type in ARITHMETIC:
        return [graph.call_function(ARITHMETIC[node.op_type], tuple(inputs))]
    if node.op_type == "Concat":
        return [graph.call_function(torch.cat, (inputs,), {"dim": attributes["axis"]})]
    if node.op_type == "Split":
        halves = graph.call_function(torch.chunk, (inputs[0], len(node.output)), {"dim": attributes["axis"]})
        return [graph.call_function(operator.getitem, (halves, i)) for i in range(len(node.output))]
    if node.op_type == "Slice":
        start, end, axis = (int(tensor) for tensor in inputs[1:])
        return [graph.call_function(torch.narrow, (inputs[0], axis, start, end - start))]
    raise ValueError(node.op_type)


def load(path):
    """The model as a traced module, and its inputs."""
    model = onnx.load(str(path)).graph
    constants = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in model.initializer}
    shapes = [[d.dim_value for d in i.type.tensor_type.shape.dim] for i in model.input]
    root, graph = nn.Module(), fx.Graph()
    values = {i.name: graph.placeholder(i.name) for i in model.input}
    for node in model.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        stored = [constants[name] for name in node.input if name in constants]
        module = module_of(node, attributes, stored, len(shapes[0]))
        if module is None:
            for name, tensor in zip(node.input, map(constants.get, node.input)):
                if tensor is not None and tensor.is_floating_point():
                    root.register_buffer(name.replace(".", "_"), tensor)
                    values[name] = graph.get_attr(name.replace(".", "_"))
            outputs = add_function(graph, node, attributes, values, constants)
        else:
            root.add_module(node.name, module)
            outputs = [graph.call_module(node.name, (values[node.input[0]],))]
        values.update(zip(node.output, outputs))
    graph.output(values[model.output[0].name])
    return fx.GraphModule(root, graph).eval(), [torch.randn(*shape) for shape in shapes]


def operations(module):
    """The ops by count and type, with the names of PyTorch."""
    modules = dict(module.named_modules())
    kinds = Counter()
    for node in module.graph.nodes:
        if node.op == "call_module":
            kinds[type(modules[node.target]).__name__] += 1
        elif node.op == "call_function" and node.target is not operator.getitem:
            kinds[node.target.__name__] += 1
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


def main():
    torch.manual_seed(1)
    for folder in sorted(MODELS.iterdir()):
        module, inputs = load(folder / "original.onnx")
        fused = optimization.remove_dropout(optimization.fuse(copy.deepcopy(module)))
        with torch.no_grad():
            torch.testing.assert_close(fused(*inputs), module(*inputs), rtol=1e-4, atol=1e-4)
        print(f"{folder.name} | {operations(module)} | {operations(fused)}")


if __name__ == "__main__":
    main()
