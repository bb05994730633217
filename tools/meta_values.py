"""What small tensors hold, for models that ask for values while they run on the meta device.

The meta device knows shapes and no values: a mask that is looked at (`if mask.all()`), positions that are counted, an index
that is read back stop a model there. Almost always these values come from the inputs, not from the weights: small tensors
of integers. `Values` follows them: beside every small tensor of the meta device it keeps one of the processor, on which
the same operators run. Where an operator asks for a value, that tensor answers.
"""

import contextlib

# The most elements of a tensor that is followed: masks of a few sequences, tables of positions.
ELEMENT_LIMIT = 1 << 20


class Unknown(Exception):
    """An operator asks for a value that rests on weights, or on a tensor too large to follow."""


class Values:
    """The values of small tensors of the meta device, and the answers that operators were given.

    `call` stands for every leaf operator of a first pass, and notes what it gave. In a second pass, of which no leaf
    operators are seen, `answering` gives the same answers in the same order.
    """

    def __init__(self):
        from torch.utils.weak import WeakTensorKeyDictionary

        self.known = WeakTensorKeyDictionary()
        self.results = {}  # operator -> the result of each of its calls, answered or not
        self.answered_operators = set()

    def begin(self):
        """Forgets what a pass was answered; what is known stays."""
        self.results.clear()
        self.answered_operators.clear()

    def mode(self):
        """A dispatch mode that follows values, for what runs before a pass: the model's and the inputs' making."""
        import torch
        from torch.utils._python_dispatch import TorchDispatchMode

        values = self

        class FollowMode(TorchDispatchMode):
            def __torch_dispatch__(self, operator, _types, arguments=(), keywords=None):
                return values.call(operator, arguments, keywords or {})

        stack = contextlib.ExitStack()
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.enter_context(FollowMode())
        return stack

    def call(self, operator, arguments, keywords):
        """The operator's result on the meta device, its values followed; raises Unknown where it needs others."""
        follower = self.followed(operator, arguments, keywords)
        try:
            result = operator(*arguments, **keywords)
        except (RuntimeError, NotImplementedError) as error:
            if not asks_for_values(error):
                raise
            if follower is None:
                raise Unknown(f"{operator._schema.name} asks for values that rest on weights") from error
            result = self.answered(follower)
            self.answered_operators.add(operator)
        self.keep(result, follower)
        self.results.setdefault(operator, []).append(result)
        return result

    def followed(self, operator, arguments, keywords):
        """The operator's result on the processor, as a tuple of one; None where an operand's values are not known.

        What an operator writes to and is not known to hold afterwards is forgotten.
        """
        import torch
        from torch.utils._pytree import tree_flatten, tree_unflatten

        leaves, structure = tree_flatten((tuple(arguments), keywords))
        known = []
        for leaf in leaves:
            if isinstance(leaf, torch.Tensor) and leaf.is_meta:
                leaf = self.known.get(leaf)
                if leaf is None:
                    self.forget_written(operator, arguments)
                    return None
            elif isinstance(leaf, torch.device) and leaf.type == "meta":
                leaf = torch.device("cpu")
            elif isinstance(leaf, torch.Tensor) and leaf.numel() > ELEMENT_LIMIT:
                return None
            known.append(leaf)
        if makes_many(operator, arguments):
            return None
        arguments, keywords = tree_unflatten(known, structure)
        try:
            return (operator(*arguments, **keywords),)
        except Exception:  # whatever an operator cannot do on the processor: its values are not known then
            return None

    def forget_written(self, operator, arguments):
        for declared, argument in zip(operator._schema.arguments, arguments):
            if declared.alias_info is not None and declared.alias_info.is_write and hasattr(argument, "shape"):
                self.known.pop(argument, None)

    def keep(self, result, follower):
        import torch
        from torch.utils._pytree import tree_flatten

        if follower is None:
            return
        results, values = tree_flatten(result)[0], tree_flatten(follower[0])[0]
        for tensor, value in zip(results, values):
            if isinstance(tensor, torch.Tensor) and isinstance(value, torch.Tensor) and tensor.is_meta:
                if value.numel() <= ELEMENT_LIMIT and tensor.shape == value.shape:
                    self.known[tensor] = value

    def answered(self, follower):
        """A result that the meta device does not have: the processor's number, or tensors of its shapes."""
        import torch
        from torch.utils._pytree import tree_map

        def answer(value):
            return torch.empty_like(value, device="meta") if isinstance(value, torch.Tensor) else value

        return tree_map(answer, follower[0])

    def answering(self):
        """A context in which the meta device gives the results of the first pass again, of operators that were answered."""
        import torch

        library = torch.library.Library("aten", "IMPL", "Meta")
        for operator in self.answered_operators:
            name = operator._schema.name.removeprefix("aten::")
            overload = operator._schema.overload_name
            kernel = replaying(operator, self.results[operator])
            library.impl(f"{name}.{overload}" if overload else name, kernel, "Meta", allow_override=True)
        stack = contextlib.ExitStack()
        stack.callback(library._destroy)
        return stack


def replaying(operator, results):
    """A kernel that gives some results one after the other: tensors like them, or what it writes to where it does."""
    import torch
    from torch.utils._pytree import tree_map

    remaining = iter(results)
    writes = any(returned.alias_info is not None and returned.alias_info.is_write for returned in operator._schema.returns)

    def kernel(*arguments, **_keywords):
        result = next(remaining)
        if writes:
            return arguments[0]
        # The same tensor may not be given out twice.
        return tree_map(lambda value: torch.empty_like(value) if isinstance(value, torch.Tensor) else value, result)

    return kernel


def makes_many(operator, arguments):
    """Whether an operator makes a large tensor out of a size alone, which is not worth following."""
    size = next((argument for argument in arguments if isinstance(argument, (list, tuple))), None)
    if size is None or not all(type(side) is int for side in size):
        return False
    count = 1
    for side in size:
        count *= max(side, 1)
    return count > ELEMENT_LIMIT


def asks_for_values(error):
    """Whether an error is the meta device's, of a value that it does not hold or a shape that depends on one."""
    text = str(error)
    phrases = ("meta tensor", "Meta tensor", "'Meta'", "Meta backend", "data-dependent", "meta_nonzero")
    return isinstance(error, NotImplementedError) or any(phrase in text for phrase in phrases)
