"""Archives of `torch.export` (.pt2) as models to export.

The program of an archive is a list of operators with sizes that may be symbols: dimensions that were declared dynamic.
Each symbol becomes a parameter of the workload, by what it is a size of: `batch`, `sequence_length`, `image_size`, or its
own name. The weights in the archive are read and put away; only their shapes matter.
"""

import importlib
import importlib.util
import inspect
import logging
import re


def archived_program(path):
    """The module of an archive and the function that makes its inputs."""
    import torch

    from export_workload import ExportError

    if not path.is_file():
        raise ExportError(f"cannot read {path}")
    logging.getLogger("torch.export").setLevel(logging.CRITICAL)
    try:
        program = loaded(path)
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ExportError(f"{path} is no archive of torch.export that torch {torch.__version__} reads: {reason}") from error
    names = [spec.arg.name for spec in program.graph_signature.input_specs if spec.kind.name == "USER_INPUT" if hasattr(spec.arg, "name")]
    nodes = {node.name: node.meta["val"] for node in program.graph.nodes if node.op == "placeholder" and node.name in names}
    tensors = [nodes[name] for name in names if isinstance(nodes.get(name), torch.Tensor)]
    if len(tensors) != len(nodes):
        raise ExportError(f"{path} takes arguments that are no tensors; export it with tensors alone")
    symbols = parameters_of(tensors)
    module = on_meta(program)
    return module, inputs_function(program, tensors, symbols)


def loaded(path):
    """An archive's program; the classes of results that it may name are those of libraries that have to be imported."""
    import torch

    with torch.device("cpu"):
        try:
            return torch.export.load(path)
        except Exception:
            for library in ("transformers.modeling_outputs", "transformers.cache_utils", "diffusers.utils.outputs"):
                if importlib.util.find_spec(library.partition(".")[0]):
                    importlib.import_module(library)
            return torch.export.load(path)


def on_meta(program):
    """The program as a module whose constants are made on the meta device."""
    import torch

    try:
        from torch.export.passes import move_to_device_pass

        program = move_to_device_pass(program, "meta")
    except ImportError:
        pass
    module = program.module()
    # Checks of the inputs' sizes are no operators, and the meta device's inputs pass none of their looks at values.
    for name, _child in list(module.named_children()):
        if name == "_guards_fn":
            setattr(module, name, torch.nn.Identity())
            module._guards_fn.forward = lambda *_arguments, **_keywords: None
    module.eval = lambda: module  # a program of torch.export has one mode
    for node in list(module.graph.nodes):
        if node.op == "call_function" and str(node.target) == "aten._assert_tensor_metadata.default":
            module.graph.erase_node(node)
    module.recompile()
    torch.nn.Module.to(module, "meta")
    return module


def parameters_of(tensors):
    """{symbol: (parameter, default)} for the symbols in the shapes of some tensors, named by where they stand."""
    found = {}
    for tensor in tensors:
        for place, side in enumerate(tensor.shape):
            if isinstance(side, int):
                continue
            for symbol in sorted(side.node.expr.free_symbols, key=str):
                if str(symbol) in found:
                    continue
                hints = getattr(side.node.shape_env, "backed_var_to_val", None) or getattr(side.node.shape_env, "var_to_val", {})
                hint = hints.get(symbol)
                taken = {name for name, _ in found.values()}
                name = parameter_name(str(symbol), place, tensor, taken)
                found[str(symbol)] = (name, default_of(name, hint))
    return found


def parameter_name(symbol, place, tensor, taken):
    """What a symbol is called: the first dimension is the batch; of tokens or features the second is the sequence."""
    rank = len(tensor.shape)
    if place == 0 and "batch" not in taken:
        return "batch"
    if rank in (2, 3) and place == 1 and "sequence_length" not in taken:
        return "sequence_length"
    if rank == 4 and place >= 2 and "image_size" not in taken:
        return "image_size"
    return re.sub(r"\W", "_", symbol)


def default_of(name, hint):
    """The default of a parameter: the size that the archive was exported with, of a batch always 1."""
    return 1 if name == "batch" or hint is None else int(hint)


def inputs_function(program, tensors, symbols):
    """A function of the parameters that makes the inputs of a program."""
    import torch
    from torch.utils._pytree import tree_unflatten

    def side_at(side, values):
        if isinstance(side, int):
            return side
        expression = side.node.expr
        return int(expression.subs({symbol: values[symbols[str(symbol)][0]] for symbol in expression.free_symbols}))

    def inputs(**values):
        made = [torch.zeros([side_at(side, values) for side in tensor.shape], dtype=tensor.dtype) for tensor in tensors]
        arguments, keywords = tree_unflatten(made, program.call_spec.in_spec)
        return list_or_keywords(arguments, keywords)

    inputs.__signature__ = inspect.Signature(
        [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default) for name, default in symbols.values()]
    )
    return inputs


def list_or_keywords(arguments, keywords):
    """Positional arguments as a tuple, or keywords as a dictionary, as the exporter has them."""
    return keywords if keywords and not arguments else arguments
