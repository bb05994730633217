"""ONNX files as workloads.

The graph is gone through once for each of several values of its symbolic dimensions, with ONNX's own shape inference; what
is computed from shapes alone (`Shape`, `Gather`, `Concat`, ...) is computed, and is no operator. The others become the
operators that PyTorch calls them by, with the shapes that they have there: a product with weights is `aten::linear`, and
takes up the addition of its bias. What PyTorch has no name for keeps ONNX's (`onnx::QLinearConv`), and has no cost rule.

A transposition is written as a copy, for that is what runs; other views are views. Weights are not read: a file whose
weights lie in a file beside it needs that file only for small tables.
"""

import math
import re

from export_workload import (
    SCHEMA, Dimensions, Export, ExportError, Recorded, find_repeats, merge_runs, sample_points, without_plain_types,
)  # fmt: skip

# The most elements of a tensor whose values are computed: shapes, positions, masks of a few tokens.
VALUE_LIMIT = 1 << 16

POINTWISE = {
    "Abs": "abs", "Add": "add", "And": "logical_and", "Ceil": "ceil", "Clip": "clamp", "Cos": "cos", "Div": "div", "Elu": "elu",
    "Equal": "eq", "Erf": "erf", "Exp": "exp", "Floor": "floor", "Gelu": "gelu", "Greater": "gt", "GreaterOrEqual": "ge",
    "HardSigmoid": "hardsigmoid", "HardSwish": "hardswish", "LeakyRelu": "leaky_relu", "Less": "lt", "LessOrEqual": "le",
    "Log": "log", "Max": "maximum", "Min": "minimum", "Mish": "mish", "Mod": "remainder", "Mul": "mul", "Neg": "neg",
    "Not": "logical_not", "Or": "logical_or", "PRelu": "prelu", "Pow": "pow", "Reciprocal": "reciprocal", "Relu": "relu",
    "Round": "round", "Selu": "selu", "Sigmoid": "sigmoid", "Sign": "sign", "Sin": "sin", "Softplus": "softplus",
    "Sqrt": "sqrt", "Sub": "sub", "Sum": "add", "Tanh": "tanh", "Trilu": "triu", "Where": "where", "Xor": "logical_xor",
    "IsNaN": "ne", "IsInf": "eq", "ThresholdedRelu": "threshold",
}  # fmt: skip

# Operators whose name and operands are all there is to say; empty operands are left out.
NAMED = {
    "Concat": "cat", "ConstantOfShape": "full", "CumSum": "cumsum", "DepthToSpace": "pixel_shuffle", "Dropout": "dropout",
    "Expand": "expand", "Flatten": "flatten", "GatherElements": "gather", "GatherND": "index", "Identity": "alias",
    "GroupNormalization": "group_norm", "InstanceNormalization": "instance_norm", "LRN": "local_response_norm",
    "NonZero": "nonzero", "OneHot": "one_hot", "Pad": "constant_pad_nd", "RMSNormalization": "rms_norm", "Range": "arange",
    "Reshape": "view", "ScatterElements": "scatter", "ScatterND": "index_put", "Slice": "slice", "SpaceToDepth": "clone",
    "Split": "split", "Squeeze": "squeeze", "Tile": "repeat", "TopK": "topk", "Transpose": "clone", "Unsqueeze": "unsqueeze",
}  # fmt: skip

# Of these only the first operand is a tensor of the device; the others say how.
FIRST_ALONE = {
    "Clip", "ConstantOfShape", "CumSum", "Dropout", "Expand", "OneHot", "Pad", "Range", "Reshape", "Slice", "Split", "Squeeze",
    "Tile", "TopK", "Trilu", "Unsqueeze",
}  # fmt: skip

# What makes a tensor out of numbers has no operand at all.
WITHOUT_OPERANDS = {"ConstantOfShape", "Range"}

REDUCTIONS = {
    "ArgMax": "argmax", "ArgMin": "argmin", "ReduceL1": "norm", "ReduceL2": "norm", "ReduceLogSumExp": "logsumexp",
    "ReduceMax": "amax", "ReduceMean": "mean", "ReduceMin": "amin", "ReduceProd": "prod", "ReduceSum": "sum",
    "ReduceSumSquare": "sum",
}  # fmt: skip

DTYPE_WORDS = {
    "FLOAT": "float", "FLOAT16": "float", "BFLOAT16": "float", "DOUBLE": "float", "INT64": "int64", "UINT64": "int64",
    "INT32": "int32", "UINT32": "int32", "BOOL": "bool", "INT8": "bool", "UINT8": "bool",
    "FLOAT8E4M3FN": "float", "FLOAT8E5M2": "float",
}  # fmt: skip


def onnx_workload(path, name=None, fixed=None):
    """The workload of an ONNX file, as the exporter gives it."""
    onnx, model = loaded(path)
    graph = Graph(onnx, model, path, fixed or {})
    defaults = graph.defaults
    points = sample_points(defaults)
    dimensions = Dimensions(list(defaults), points)
    runs, boundaries = [], []
    for point in points:
        run = Pass(graph, dict(zip(defaults, point)))
        runs.append(run.operators())
        boundaries.append(run.boundary())
    operators = merge_runs(runs, dimensions)
    version = ", ".join(f"{entry.domain or 'ai.onnx'} {entry.version}" for entry in model.opset_import)
    workload = {
        "schema": SCHEMA,
        "name": name or path.stem.replace("_", "-").lower(),
        "title": path.stem,
        "source": f"{path.name}; {version}; tools/export_workload.py",
        "parameters": defaults,
        "weight_elements": graph.weight_elements(),
        **without_plain_types(dimensions.merge(boundaries)),
        "program": find_repeats(operators, [None] * len(operators)),
    }
    return Export(workload, len(operators), {})


def loaded(path):
    """The onnx package and a file's model, its functions written out."""
    try:
        import onnx
        import onnx.inliner
        import onnx.reference
        import onnx.shape_inference
    except ImportError as error:
        raise ExportError("ONNX files need the package: pip install onnx") from error
    try:
        model = onnx.load(path, load_external_data=False)
    except Exception as error:
        raise ExportError(f"cannot read {path}: {(str(error).splitlines() or [''])[0]}") from error
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
    return onnx, model


class Graph:
    """What is the same at all sizes: the model's inputs with their symbols, and its weights."""

    def __init__(self, onnx, model, path, fixed):
        self.onnx = onnx
        self.model = model
        self.path = path
        self.fixed = fixed
        self.initializers = {tensor.name: tensor for tensor in model.graph.initializer}
        self.versions = {entry.domain: entry.version for entry in model.opset_import}
        self.inputs = [value for value in model.graph.input if value.name not in self.initializers]
        for value in self.inputs:
            if not value.type.HasField("tensor_type"):
                raise ExportError(f"{path}: input {value.name} is no tensor; export the model with tensors alone")
        self.sides = {value.name: self.named_sides(value) for value in self.inputs}
        used = dict.fromkeys(side for sides in self.sides.values() for side in sides if isinstance(side, str))
        unknown = [name for name in fixed if name not in used]
        if unknown:
            raise ExportError(f"--fix {unknown[0]}: {path} has {', '.join(used) or 'no symbolic dimensions'}")
        self.defaults = {name: default_size(name) for name in used if name not in fixed}

    def named_sides(self, value):
        """The dimensions of an input: numbers, and names of parameters."""
        dims = list(value.type.tensor_type.shape.dim)
        return [
            dim.dim_value if dim.HasField("dim_value") else parameter_name(dim.dim_param, place, value, len(dims))
            for place, dim in enumerate(dims)
        ]

    def weight_elements(self):
        types = self.onnx.TensorProto.DataType
        return sum(
            math.prod(tensor.dims) for tensor in self.initializers.values()
            if DTYPE_WORDS.get(types.Name(tensor.data_type)) == "float"
        )  # fmt: skip

    def array(self, tensor):
        """The values of a small initializer; None of a large one, or one that lies in another file."""
        if math.prod(tensor.dims) > VALUE_LIMIT or tensor.data_location == tensor.EXTERNAL:
            return None
        return self.onnx.numpy_helper.to_array(tensor)


def parameter_name(symbol, place, value, rank):
    """What a symbolic dimension is called in a workload."""
    if re.search(r"batch|^(N|b|B)$", symbol) or (not symbol and place == 0):
        return "batch"
    if re.fullmatch(r"(sequence|seq|tokens?|length)(_?(len(gth)?|size))?|.*sequence_?(length|len)?", symbol, re.I) and "past" not in symbol:
        return "sequence_length"
    if re.fullmatch(r"height|width|H|W|image_?size", symbol):
        return "image_size"
    if not symbol:
        return "sequence_length" if rank < 4 else "image_size"
    plain = re.sub(r"\W+", "_", symbol).strip("_")
    return plain if plain and not plain[0].isdigit() else f"size_{plain}"


def default_size(name):
    return {"batch": 1, "image_size": 224}.get(name, 128)


class Pass:
    """One way through the graph, at numbers for all its symbols."""

    def __init__(self, graph, values):
        self.graph = graph
        self.onnx = graph.onnx
        self.sizes = {**graph.fixed, **values}
        self.types = {}  # name -> TypeProto
        self.known = {}  # name -> array, of what follows from shapes and constants
        self.weights = set()
        for value in graph.inputs:
            self.types[value.name] = self.input_type(value)
        for name, tensor in graph.initializers.items():
            self.types[name] = self.onnx.helper.make_tensor_type_proto(tensor.data_type, list(tensor.dims))
            self.weights.add(name)
            array = graph.array(tensor)
            if array is not None:
                self.known[name] = array

    def input_type(self, value):
        sides = [self.sizes[side] if isinstance(side, str) else side for side in self.graph.sides[value.name]]
        return self.onnx.helper.make_tensor_type_proto(value.type.tensor_type.elem_type, sides)

    def boundary(self):
        given = [value.name for value in self.graph.inputs]
        back = [value.name for value in self.graph.model.graph.output if value.name in self.types]
        return {
            "inputs": [self.shape(name) for name in given], "dtypes": [self.dtype(name) for name in given],
            "outputs": [self.shape(name) for name in back], "output_dtypes": [self.dtype(name) for name in back],
        }  # fmt: skip

    def operators(self):
        self.found = []
        self.makers = {}  # name of a tensor -> the operator that made it
        self.uses = {}
        for node in self.graph.model.graph.node:
            for name in node.input:
                self.uses[name] = self.uses.get(name, 0) + 1
        for value in self.graph.model.graph.output:
            self.uses[value.name] = self.uses.get(value.name, 0) + 1
        self.go_through(self.graph.model.graph.node)
        return self.found

    def go_through(self, nodes):
        for node in nodes:
            self.visit(node)

    def visit(self, node):
        if node.op_type == "If" and node.input[0] in self.known:
            return self.branch(node)
        if node.op_type in ("If", "Loop", "Scan", "SequenceMap"):
            raise self.fault(node, "how often it runs what is inside it depends on values", "export the model without control flow")
        inferred = self.inferred(node)
        for name, kind in zip(node.output, (inferred.get(name) for name in node.output)):
            if name and kind is not None:
                self.types[name] = kind
        given = [name for name in node.input if name]
        if all(name in self.weights for name in given) and self.all_told(node):
            # Also a constant: what is made of weights alone is made once, before the first pass.
            self.weights.update(name for name in node.output if name)
            self.computed(node)
            return
        if self.computed(node):
            return
        for name in node.output:
            if name and not self.is_told(name):
                advice = "export it without the optimizer of ONNX Runtime, or run symbolic shape inference over it first"
                if node.op_type in ("NonZero", "Unique", "NonMaxSuppression", "Compress"):
                    advice = "what comes behind it depends on values: cut the graph before it (onnx.utils.extract_model)"
                raise self.fault(node, f"the shape of its result {name} does not follow", advice)
        self.emit(node)

    def branch(self, node):
        """A condition that follows from shapes: one branch is what runs."""
        taken = "then_branch" if bool(self.known[node.input[0]].reshape(-1)[0]) else "else_branch"
        graph = next(attribute.g for attribute in node.attribute if attribute.name == taken)
        for tensor in graph.initializer:
            self.types[tensor.name] = self.onnx.helper.make_tensor_type_proto(tensor.data_type, list(tensor.dims))
            array = self.graph.array(tensor)
            if array is not None:
                self.known[tensor.name] = array
        self.go_through(graph.node)
        for outer, inner in zip(node.output, graph.output):
            self.types[outer] = self.types[inner.name]
            if inner.name in self.known:
                self.known[outer] = self.known[inner.name]

    def inferred(self, node):
        """The types of a node's results, by name."""
        domain = "" if node.domain == "ai.onnx" else node.domain
        try:
            schema = self.onnx.defs.get_schema(node.op_type, self.graph.versions.get(domain, 1), domain)
        except self.onnx.defs.SchemaError:
            return {}
        types = {name: self.types[name] for name in node.input if name in self.types}
        data = {name: self.onnx.numpy_helper.from_array(self.known[name], name) for name in node.input if name in self.known}
        imports = list(self.graph.model.opset_import)
        try:
            return self.onnx.shape_inference.infer_node_outputs(schema, node, types, data, opset_imports=imports)
        except Exception as error:
            reason = (str(error).strip().splitlines() or [""])[0]
            raise self.fault(node, reason, "look whether onnx.checker takes the file") from error

    def computed(self, node):
        """Whether a node's results follow from shapes and constants; they are noted then."""
        if node.op_type == "Shape":
            shape = self.shape(node.input[0])
            places = {attribute.name: attribute.i for attribute in node.attribute}
            self.known[node.output[0]] = self.integers(shape[places.get("start", 0) : places.get("end", len(shape))])
            return True
        if node.op_type == "Size":
            self.known[node.output[0]] = self.integers(math.prod(self.shape(node.input[0])))
            return True
        given = [name for name in node.input if name]
        if any(name not in self.known for name in given) or node.op_type.startswith("Random"):
            return False
        # Lists and numbers: what has more dimensions is a tensor of the device, at every size.
        told = [name for name in node.output if name and self.is_told(name)]
        is_weight = all(name in self.weights for name in given)
        if any(math.prod(self.shape(name)) > VALUE_LIMIT or len(self.shape(name)) > 1 and not is_weight for name in told):
            return False
        try:
            results = self.evaluated(node, given)
        except Exception:  # what the reference does not implement is left to the device
            return False
        if any(result.ndim > 1 for result in results) and not is_weight:
            return False
        for name, result in zip(node.output, results):
            if name:
                self.known[name] = result
                element = self.onnx.helper.np_dtype_to_tensor_dtype(result.dtype)
                self.types[name] = self.onnx.helper.make_tensor_type_proto(element, list(result.shape))
        return True

    def evaluated(self, node, given):
        """The results of a node on known values, by ONNX's reference implementation."""
        import numpy

        helper = self.onnx.helper
        inputs = [helper.make_value_info(name, self.types[name]) for name in dict.fromkeys(given)]
        outputs = [helper.make_empty_tensor_value_info(name) for name in node.output if name]
        graph = helper.make_graph([node], "one", inputs, outputs)
        model = helper.make_model(graph, opset_imports=list(self.graph.model.opset_import))
        session = self.onnx.reference.ReferenceEvaluator(model)
        return [numpy.asarray(result) for result in session.run(None, {name: self.known[name] for name in given})]

    def integers(self, values):
        import numpy

        return numpy.array(values, dtype=numpy.int64)

    def all_told(self, node):
        return node.op_type == "Constant" or all(self.is_told(name) for name in node.output if name)

    def is_told(self, name):
        kind = self.types.get(name)
        return kind is not None and kind.HasField("tensor_type") and kind.tensor_type.HasField("shape") and all(
            dim.HasField("dim_value") for dim in kind.tensor_type.shape.dim
        )

    def shape(self, name):
        return [dim.dim_value for dim in self.types[name].tensor_type.shape.dim]

    def dtype(self, name):
        word = self.onnx.TensorProto.DataType.Name(self.types[name].tensor_type.elem_type)
        if word not in DTYPE_WORDS:
            raise ExportError(f"{self.graph.path}: {name} is of type {word}, which a workload file has no word for")
        return DTYPE_WORDS[word]

    def fault(self, node, problem, advice):
        name = f"{node.domain}::{node.op_type}" if node.domain else node.op_type
        return ExportError(f"{self.graph.path}: {name} (node {node.name or node.output[0]}): {problem}\nway out: {advice}")

    # MARK: Operators

    def emit(self, node):
        attributes = {attribute.name: self.onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
        special = getattr(self, f"emit_{node.op_type}", None) if node.domain in ("", "ai.onnx") else None
        if special:
            return special(node, attributes)
        kind = node.op_type
        operands = [name for name in node.input if name]
        if kind in WITHOUT_OPERANDS:
            operands = []
        elif kind in FIRST_ALONE:
            operands = operands[:1]
        if kind in POINTWISE:
            return self.add(node, POINTWISE[kind], operands)
        if kind in REDUCTIONS:
            return self.add(node, REDUCTIONS[kind], operands[:1], {"dims": self.axes(node, attributes)})
        if kind in NAMED:
            return self.add(node, NAMED[kind], operands)
        self.add(node, kind, operands, namespace="onnx")

    def add(self, node, name, operands, attributes=None, namespace="aten", shapes=None):
        """Notes an operator with the tensors of some names, or shapes in their place."""
        outputs = [output for output in node.output if output and output in self.types]
        inputs = shapes if shapes is not None else [self.shape(operand) for operand in operands]
        dtypes = [self.dtype(operand) for operand in operands] if shapes is None else ["float"] * len(shapes)
        self.found.append(
            Recorded(
                f"{namespace}::{name}", inputs, dtypes, [self.shape(output) for output in outputs],
                [self.dtype(output) for output in outputs], attributes or {}, {}, kernels=1, block=None,
            )
        )  # fmt: skip
        for output in outputs:
            self.makers[output] = self.found[-1]

    def axes(self, node, attributes):
        rank = len(self.shape(node.input[0]))
        axes = attributes.get("axes", attributes.get("axis"))
        if axes is None and len(node.input) > 1 and node.input[1] in self.known:
            axes = self.known[node.input[1]].reshape(-1).tolist()
        axes = range(rank) if axes is None else [axes] if isinstance(axes, int) else axes
        return sorted(axis % rank for axis in axes) if rank else []

    def emit_Cast(self, node, _attributes):
        if self.dtype(node.input[0]) != self.dtype(node.output[0]):
            self.add(node, "to", node.input[:1])

    def emit_CastLike(self, node, attributes):
        self.emit_Cast(node, attributes)

    def emit_MatMul(self, node, _attributes):
        left, right = node.input
        if right in self.weights and len(self.shape(right)) == 2:
            rows, columns = self.shape(right)
            return self.add(node, "linear", [], shapes=[self.shape(left), [columns, rows]])
        self.add(node, "matmul", node.input)

    def emit_Gemm(self, node, attributes):
        left, right = self.shape(node.input[0]), self.shape(node.input[1])
        left = left[::-1] if attributes.get("transA") else left
        right = right if attributes.get("transB") else right[::-1]
        bias = [right[:1]] if len(node.input) > 2 and node.input[2] else []
        self.add(node, "linear", [], shapes=[left, right, *bias])

    def emit_Add(self, node, _attributes):
        """An addition; that of a bias to a product with weights is part of the product."""
        for product, bias in (node.input, reversed(list(node.input))):
            maker = self.makers.get(product)
            if maker is None or maker.name != "aten::linear" or len(maker.inputs) != 2 or self.uses.get(product) != 1:
                continue
            if bias in self.weights and self.shape(bias) == maker.outputs[0][-1:]:
                maker.inputs.append(self.shape(bias))
                maker.dtypes.append("float")
                self.makers[node.output[0]] = maker
                return
        self.add(node, "add", node.input)

    def emit_Conv(self, node, attributes, name="conv"):
        rank = len(self.shape(node.input[0])) - 2
        pads = list(attributes.get("pads", [0] * 2 * rank))
        written = {
            "stride": list(attributes.get("strides", [1] * rank)), "padding": pads[:rank],
            "dilation": list(attributes.get("dilations", [1] * rank)), "groups": attributes.get("group", 1),
        }  # fmt: skip
        # Sides that are padded differently, or as the result asks: what the result has is what counts.
        if pads[:rank] != pads[rank:] or attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
            del written["padding"]
        if name != "conv":
            written["transposed"] = 1
        self.add(node, f"{name}{rank}d", [operand for operand in node.input if operand], written)

    def emit_ConvTranspose(self, node, attributes):
        self.emit_Conv(node, attributes, "conv_transpose")

    def emit_MaxPool(self, node, attributes, name="max_pool"):
        rank = len(self.shape(node.input[0])) - 2
        kernel = list(attributes.get("kernel_shape", self.shape(node.input[0])[2:]))
        pads = list(attributes.get("pads", [0] * 2 * rank))
        self.add(
            node, f"{name}{rank}d", node.input[:1],
            {"kernel_size": kernel, "stride": list(attributes.get("strides", [1] * rank)), "padding": pads[:rank]},
        )  # fmt: skip

    def emit_AveragePool(self, node, attributes):
        self.emit_MaxPool(node, attributes, "avg_pool")

    def emit_GlobalAveragePool(self, node, _attributes):
        self.add(node, f"adaptive_avg_pool{max(1, len(self.shape(node.input[0])) - 2)}d", node.input)

    def emit_GlobalMaxPool(self, node, _attributes):
        self.add(node, "adaptive_max_pool2d", node.input)

    def emit_Resize(self, node, attributes):
        mode = attributes.get("mode", b"nearest")
        self.add(node, {b"linear": "upsample_bilinear2d", b"cubic": "upsample_bicubic2d"}.get(mode, "upsample_nearest2d"), node.input[:1])

    def emit_Upsample(self, node, attributes):
        self.emit_Resize(node, attributes)

    def emit_BatchNormalization(self, node, _attributes):
        self.add(node, "batch_norm", node.input)

    def emit_LayerNormalization(self, node, attributes):
        rank = len(self.shape(node.input[0]))
        first = attributes.get("axis", -1) % rank
        self.add(node, "layer_norm", [name for name in node.input if name], {"dims": list(range(first, rank)), "normalized_dims": rank - first})

    def emit_Softmax(self, node, attributes, name="softmax"):
        rank = len(self.shape(node.input[0]))
        self.add(node, name, node.input, {"dims": [attributes.get("axis", -1) % rank]})

    def emit_LogSoftmax(self, node, attributes):
        self.emit_Softmax(node, attributes, "log_softmax")

    def emit_Gather(self, node, attributes):
        table, indices = node.input
        is_table = table in self.weights and len(self.shape(table)) == 2 and attributes.get("axis", 0) == 0
        self.add(node, "embedding" if is_table else "index_select", node.input)

    def emit_Einsum(self, node, _attributes):
        self.add(node, "einsum", node.input)

    def emit_Attention(self, node, attributes):
        """Attention of opset 23: queries, keys and values of four dimensions, or of three with the heads side by side."""
        tensors = [self.shape(name) for name in node.input[:3]]
        if len(tensors[0]) == 3:
            heads = [attributes["q_num_heads"], attributes["kv_num_heads"], attributes["kv_num_heads"]]
            tensors = [[b, h, rows, width // h] for (b, rows, width), h in zip(tensors, heads)]
        extra = {"is_causal": 1} if attributes.get("is_causal") else {}
        self.add(node, "scaled_dot_product_attention", [], extra, shapes=tensors)

    def emit_LSTM(self, node, _attributes, name="lstm", states=2):
        """A recurrent layer: its weights one direction after the other, as PyTorch lists them."""
        given, inputs, recurrent = (self.shape(operand) for operand in node.input[:3])
        width = recurrent[2]
        state = [recurrent[0], given[1], width]
        weights = [[inputs[1:], recurrent[1:], inputs[1:2], inputs[1:2]] for _ in range(inputs[0])]
        shapes = [given, *[state] * states, *(shape for direction in weights for shape in direction)]
        self.add(node, name, [], shapes=[list(shape) for shape in shapes])

    def emit_GRU(self, node, attributes):
        self.emit_LSTM(node, attributes, "gru", 1)

    def emit_RNN(self, node, attributes):
        self.emit_LSTM(node, attributes, "rnn_tanh", 1)
