"""Models that nobody here chose: drawn from the lists of transformers, timm, torchvision and diffusers, built without weights.

A model is built from its configuration's defaults, language models with at most four layers. What a library's list names
and cannot be run on plain inputs (it needs pictures and texts together, a processor of its own, a package besides) is no
candidate: `candidate` raises NoCandidate with the reason.
"""

import inspect
import random

import torch

LAYERS = 4

# How many of each list make the ten.
KINDS = {
    "causal language model": 3,
    "masked language model": 1,
    "sequence to sequence": 1,
    "image classifier": 1,
    "timm": 2,
    "torchvision": 1,
    "diffusers": 1,
}


class NoCandidate(Exception):
    """Why a model of a list is passed over."""


def names_of(kind):
    """All names of a kind, in a fixed order."""
    if kind == "timm":
        import timm

        return timm.list_models()
    if kind == "torchvision":
        import torchvision

        return [name for name in torchvision.models.list_models() if not name.startswith("quantized_")]
    if kind == "diffusers":
        import diffusers

        endings = ("Transformer2DModel", "UNet2DModel", "UNet2DConditionModel", "AutoencoderKL", "VQModel", "AutoencoderTiny",
                   "AutoencoderDC", "UNet1DModel", "Kandinsky3UNet", "UVit2DModel", "DiTModel")  # fmt: skip
        return sorted(name for name in dir(diffusers) if name.endswith(endings))
    from transformers.models.auto import modeling_auto

    lists = {
        "causal language model": modeling_auto.MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        "masked language model": modeling_auto.MODEL_FOR_MASKED_LM_MAPPING_NAMES,
        "sequence to sequence": modeling_auto.MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES,
        "image classifier": modeling_auto.MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES,
    }
    return sorted(lists[kind])


def drawn(seed):
    """The names of each kind in an order that the seed makes."""
    generator = random.Random(seed)
    orders = {kind: generator.sample(names_of(kind), len(names_of(kind))) for kind in KINDS}
    return {kind: iter(order) for kind, order in orders.items()}


def builder(kind, name):
    """The function that the exporter is given: no arguments, returns (module, inputs)."""
    makers = {"timm": timm_model, "torchvision": torchvision_model, "diffusers": diffusers_model}
    if kind in makers:
        return lambda: makers[kind](name)
    return lambda: transformers_model(kind, name)


def transformers_model(kind, name):
    import transformers
    from transformers import AutoConfig

    automatic = {
        "causal language model": transformers.AutoModelForCausalLM,
        "masked language model": transformers.AutoModelForMaskedLM,
        "sequence to sequence": transformers.AutoModelForSeq2SeqLM,
        "image classifier": transformers.AutoModelForImageClassification,
    }[kind]
    config = AutoConfig.for_model(name)
    counts = ("num_hidden_layers", "num_layers", "num_decoder_layers", "encoder_layers", "decoder_layers", "n_layer", "n_layers")
    shorter = {key: min(LAYERS, getattr(config, key)) for key in counts if isinstance(getattr(config, key, None), int)}
    if kind != "image classifier" and shorter:
        config = AutoConfig.for_model(name, **shorter)
    if hasattr(config, "is_decoder") and kind == "causal language model":
        config.is_decoder = True
    module = automatic.from_config(config)
    if kind == "image classifier":
        size = getattr(config, "image_size", 224)
        size = size if isinstance(size, int) else 224
        channels = getattr(config, "num_channels", 3)

        def images(batch=1):
            return {"pixel_values": torch.zeros(batch, channels, size, size)}

        return module, images
    if "input_ids" not in inspect.signature(module.forward).parameters:
        raise NoCandidate(f"takes no tokens but {', '.join(list(inspect.signature(module.forward).parameters)[:3])}")

    def tokens(batch=1, sequence_length=128):
        ids = torch.ones(batch, sequence_length, dtype=torch.long)
        given = {"input_ids": ids}
        if kind == "sequence to sequence":
            given["decoder_input_ids"] = torch.ones(batch, sequence_length, dtype=torch.long)
        return given

    return module, tokens


def timm_model(name):
    import timm

    module = timm.create_model(name, pretrained=False)
    channels, height, width = module.default_cfg.get("input_size", (3, 224, 224))

    def images(batch=1):
        return (torch.zeros(batch, channels, height, width),)

    return module, images


def torchvision_model(name):
    import torchvision

    keywords = {"weights_backbone": None} if "weights_backbone" in str(inspect.signature(
        torchvision.models.get_model_builder(name))) else {}  # fmt: skip
    module = torchvision.models.get_model(name, weights=None, **keywords)
    if "detection" in type(module).__module__:
        raise NoCandidate("a detector: its operators depend on what it finds")
    if "video" in type(module).__module__:

        def clips(batch=1):
            return (torch.zeros(batch, 3, 16, 224, 224),)

        return module, clips
    if "optical_flow" in type(module).__module__:

        def pairs(batch=1):
            return (torch.zeros(batch, 3, 256, 256), torch.zeros(batch, 3, 256, 256))

        return module, pairs
    size = 299 if name == "inception_v3" else 224

    def images(batch=1):
        return (torch.zeros(batch, 3, size, size),)

    return module, images


def diffusers_model(name):
    import diffusers

    kind = getattr(diffusers, name)
    try:
        module = kind()
    except Exception as error:
        raise NoCandidate(f"has no configuration by default: {error}") from error
    asked = inspect.signature(module.forward).parameters
    required = [key for key, p in asked.items() if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    config = module.config

    def number(*names, default):
        value = next((config.get(key) for key in names if config.get(key) is not None), default)
        return value if isinstance(value, int) else (value[-1] if isinstance(value, (list, tuple)) else default)

    channels = number("in_channels", default=4)
    size = number("sample_size", default=32)
    text_width = number("cross_attention_dim", "joint_attention_dim", "caption_channels", default=768)
    pooled = number("pooled_projection_dim", default=768)

    def inputs(batch=1):
        known = {
            "sample": lambda: torch.zeros(batch, channels, size, size),
            "hidden_states": lambda: torch.zeros(batch, channels, size, size),
            "timestep": lambda: torch.ones(batch, dtype=torch.long),
            "encoder_hidden_states": lambda: torch.zeros(batch, 77, text_width),
            "encoder_attention_mask": lambda: torch.ones(batch, 77),
            "pooled_projections": lambda: torch.zeros(batch, pooled),
            "class_labels": lambda: torch.ones(batch, dtype=torch.long),
        }
        unknown = [key for key in required if key not in known]
        if unknown:
            raise NoCandidate(f"needs {', '.join(unknown)}")
        given = [key for key in known if key in required or (key in asked and key == "timestep")]
        return {key: known[key]() for key in given}

    return module, inputs
