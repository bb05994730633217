"""The models that export_workload.py defines: configurations by their public values, no weights.

The language models follow transformers 4.30 and the vision models torchvision and timm 0.6, as the
paper ran them: language models get token indices only, and make their own attention mask.
"""

import functools
from importlib import metadata

import torch


def definitions(definition):
    """All definitions, in the order in which they are listed. `definition` is export_workload.Definition."""
    for name, title, class_name, configuration in LANGUAGE:
        yield definition(
            name=name,
            title=title,
            needs=("transformers", "4.30"),
            source=f"transformers {metadata.version('transformers')} {class_name}, {name} configuration",
            build=language_builder(class_name, configuration),
            # Funnel reads its relative positions back from the device: `aten::item`, a synchronization.
            device="cpu" if class_name == "FunnelModel" else "meta",
        )
    yield definition(
        name="gpt2-decode",
        title="GPT-2, one token after `context` others",
        needs=("transformers", "4.30"),
        source=f"transformers {metadata.version('transformers')} GPT2LMHeadModel, gpt2 configuration",
        notes="One step of generation for each sequence of the batch, with a cache of `context` tokens.",
        build=build_gpt2_decode,
    )
    for name, title, configuration in LLAMA:
        source = f"transformers {metadata.version('transformers')} LlamaForCausalLM, {name} configuration"
        yield definition(
            name=name,
            title=title,
            needs=("transformers", "4.48"),
            source=source,
            notes="Prefill: one pass over the prompt; the language head runs on its last token only.",
            build=llama_builder(configuration),
            full_slices=False,
        )
        yield definition(
            name=f"{name}-decode",
            title=f"{title}, one token after `context` others",
            needs=("transformers", "4.48"),
            source=source,
            notes="One step of generation for each sequence of the batch, with a cache of `context` tokens.",
            build=llama_decode_builder(configuration),
            full_slices=False,
        )
    yield definition(
        name="olmoe-1b-7b",
        title="OLMoE 1B-7B: 64 experts, 8 per token",
        needs=("transformers", "4.48"),
        source=f"transformers {metadata.version('transformers')} OlmoeForCausalLM, olmoe-1b-7b configuration",
        notes="Prefill. Routing is taken as even: every expert gets batch*sequence_length*8/64 tokens.",
        build=build_olmoe,
        full_slices=False,
    )
    yield definition(
        name="olmoe-1b-7b-decode",
        title="OLMoE 1B-7B: 64 experts, 8 per token, one token after `context` others",
        needs=("transformers", "4.48"),
        source=f"transformers {metadata.version('transformers')} OlmoeForCausalLM, olmoe-1b-7b configuration",
        notes="One step of generation for each sequence of the batch, with a cache of `context` tokens. All sequences"
        " pick the same eight experts; the loop asks the other 56 as well, and finds no token for them.",
        build=build_olmoe_decode,
        full_slices=False,
    )
    yield definition(
        name="qwen1.5-moe-a2.7b-decode",
        title="Qwen1.5-MoE-A2.7B: 60 experts, 4 per token, one token after `context` others",
        needs=("transformers", "4.56"),
        source=f"transformers {metadata.version('transformers')} Qwen2MoeForCausalLM, qwen1.5-moe-a2.7b configuration",
        notes="One step of generation for each sequence of the batch, with a cache of `context` tokens. All sequences"
        " pick the same four experts; the loop reads back which were picked, and asks no other.",
        build=build_qwen_moe_decode,
        full_slices=False,
    )
    for name, title, class_name, build, more in GENERATE:
        yield definition(
            name=f"{name}-generate",
            title=f"{title}, one token of `generate` after `context` others",
            needs=("transformers", "4.56"),
            source=f"transformers {metadata.version('transformers')} {class_name}, {name} configuration, bfloat16",
            notes="One round of greedy generation for each sequence of the batch, with a cache of `context` tokens: the model's"
            " pass with attention spelled out, and what the loop does around it." + more.get("notes", ""),
            build=build,
            full_slices=False,
            stands_for=more.get("stands_for", {}),
            rounds=more.get("rounds", {}),
        )
    for name, title, constructor in TORCHVISION:
        yield definition(
            name=name,
            title=title,
            source=f"torchvision {metadata.version('torchvision')} {constructor}",
            build=torchvision_builder(constructor),
        )
    for name, title, constructor in TIMM:
        yield definition(
            name=name,
            title=title,
            needs=("timm", "0.6"),
            source=f"timm {metadata.version('timm')} {constructor}",
            build=timm_builder(constructor),
        )
    # Imported late: it needs this file.
    import model_definitions_today

    yield from model_definitions_today.definitions(definition)


# name, title, model class, what differs from the configuration class's defaults
LANGUAGE = [
    ("bert-base-uncased", "BERT base, uncased", "BertModel", {}),
    ("distilbert-base-uncased", "DistilBERT base, uncased", "DistilBertModel", {}),
    ("mobilebert-uncased", "MobileBERT, uncased", "MobileBertModel", {}),
    (
        "albert-base-v2",
        "ALBERT base v2",
        "AlbertModel",
        {
            "hidden_size": 768,
            "num_attention_heads": 12,
            "intermediate_size": 3072,
            "hidden_act": "gelu_new",
            "hidden_dropout_prob": 0,
            "attention_probs_dropout_prob": 0,
        },
    ),
    ("squeezebert-uncased", "SqueezeBERT, uncased", "SqueezeBertModel", {}),
    ("funnel-transformer-small", "Funnel Transformer small", "FunnelModel", {}),
    (
        "bert-large-uncased",
        "BERT large, uncased",
        "BertModel",
        {
            "hidden_size": 1024,
            "num_hidden_layers": 24,
            "num_attention_heads": 16,
            "intermediate_size": 4096,
        },
    ),
    ("gpt2", "GPT-2 with its language head (124 million parameters)", "GPT2LMHeadModel", {}),
    (
        "gpt2-large",
        "GPT-2 large with its language head (774 million parameters)",
        "GPT2LMHeadModel",
        {"n_embd": 1280, "n_layer": 36, "n_head": 20},
    ),
    (
        "gpt3-xl",
        # Table 2.1 of the GPT-3 paper says 24 heads of 128 and a width of 2,048, which cannot both be. NeuSight's
        # configuration has the heads: what it measured as GPT-3 XL takes as long as GPT-3 2.7B.
        "GPT-3 XL sizes (24 layers, 24 heads of 128), GPT-2 architecture with language head",
        "GPT2LMHeadModel",
        {"n_embd": 3072, "n_layer": 24, "n_head": 24, "n_positions": 2048},
    ),
    (
        "gpt3-2.7b",
        "GPT-3 2.7B sizes (32 layers of 2,560, 32 heads), GPT-2 architecture with language head",
        "GPT2LMHeadModel",
        {"n_embd": 2560, "n_layer": 32, "n_head": 32, "n_positions": 2048},
    ),
    (
        "opt-1.3b",
        "OPT 1.3B with its language head",
        "OPTForCausalLM",
        {
            "hidden_size": 2048,
            "num_hidden_layers": 24,
            "num_attention_heads": 32,
            "ffn_dim": 8192,
            "word_embed_proj_dim": 2048,
        },
    ),
]

# name, title, constructor
TORCHVISION = [
    ("resnet18", "ResNet-18", "resnet18"),
    ("resnet50", "ResNet-50", "resnet50"),
    ("resnet101", "ResNet-101", "resnet101"),
    ("resnet152", "ResNet-152", "resnet152"),
    ("wide-resnet50-2", "Wide ResNet-50-2", "wide_resnet50_2"),
    ("resnext50-32x4d", "ResNeXt-50 32x4d", "resnext50_32x4d"),
    ("mobilenet-v2", "MobileNet v2", "mobilenet_v2"),
    ("vgg16", "VGG-16", "vgg16"),
    ("alexnet", "AlexNet", "alexnet"),
    ("squeezenet1-0", "SqueezeNet 1.0", "squeezenet1_0"),
    ("densenet161", "DenseNet-161", "densenet161"),
    ("inception-v3", "Inception v3", "inception_v3"),
    ("googlenet", "GoogLeNet", "googlenet"),
    ("shufflenet-v2-x1-0", "ShuffleNet v2 1.0x", "shufflenet_v2_x1_0"),
    ("mnasnet1-0", "MNASNet 1.0", "mnasnet1_0"),
]

# name, title, constructor
TIMM = [
    ("vit-base-patch32-224", "ViT-B/32", "vit_base_patch32_224"),
    ("efficientnetv2-m", "EfficientNetV2-M", "efficientnetv2_m"),
    ("efficientnet-lite1", "EfficientNet-Lite1", "efficientnet_lite1"),
    ("gernet-m", "GENet-M", "gernet_m"),
]


# name, title, configuration
LLAMA = [
    (
        "llama-3.2-1b",
        "Llama 3.2 1B",
        {
            "hidden_size": 2048,
            "num_hidden_layers": 16,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "head_dim": 64,
            "intermediate_size": 8192,
            "tie_word_embeddings": True,
            "max_position_embeddings": 131072,
            "rope_scaling": {
                "rope_type": "llama3",
                "factor": 32.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 8192,
            },
        },
    ),
    (
        "llama-3-8b",
        "Llama 3 8B",
        {
            "hidden_size": 4096,
            "num_hidden_layers": 32,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "intermediate_size": 14336,
            "tie_word_embeddings": False,
            "max_position_embeddings": 8192,
        },
    ),
]
LLAMA_COMMON = {
    "vocab_size": 128256,
    "rms_norm_eps": 1e-5,
    "rope_theta": 500000.0,
    "attn_implementation": "eager",
}


def language_builder(class_name, configuration):
    def build():
        import transformers

        if class_name == "OPTForCausalLM":
            read_zeros()  # It fills its causal mask with a number read back from the device.
        model_class = getattr(transformers, class_name)
        model = model_class(model_class.config_class(**configuration))

        def inputs(batch=1, sequence_length=128):
            return (torch.zeros(batch, sequence_length, dtype=torch.long),)

        return model, inputs

    return build


def build_gpt2_decode():
    import transformers

    configuration = transformers.GPT2Config()

    def inputs(batch=1, context=128):
        shape = (batch, configuration.n_head, context, configuration.n_embd // configuration.n_head)
        cache = tuple((torch.zeros(shape), torch.zeros(shape)) for _ in range(configuration.n_layer))
        return {"input_ids": torch.zeros(batch, 1, dtype=torch.long), "past_key_values": cache}

    return transformers.GPT2LMHeadModel(configuration), inputs


def llama_builder(configuration):
    def build():
        import transformers

        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**LLAMA_COMMON, **configuration))

        def inputs(batch=1, sequence_length=128):
            tokens = torch.zeros(batch, sequence_length, dtype=torch.long)
            return {"input_ids": tokens, "num_logits_to_keep": 1}

        return model, inputs

    return build


def llama_decode_builder(configuration):
    def build():
        import transformers

        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**LLAMA_COMMON, **configuration))
        return model, next_token(model.config, model.config.head_dim)

    return build


def gpt2_generate():
    import transformers

    configuration = transformers.GPT2Config(attn_implementation="eager")
    # The names by which `next_round` knows the sizes.
    configuration.num_key_value_heads = configuration.num_attention_heads
    model = in_bfloat16(configuration)
    return generating(model), next_round(configuration, configuration.n_embd // configuration.n_head)


def next_token(configuration, head_dim, dtype=torch.float32):
    """The arguments of one step of generation, after a cache of `context` tokens."""
    import transformers

    def inputs(batch=1, context=128):
        shape = (batch, configuration.num_key_value_heads, context, head_dim)
        tensors = ((torch.zeros(shape, dtype=dtype) for _ in "kv") for _ in range(configuration.num_hidden_layers))
        cache = transformers.DynamicCache.from_legacy_cache(tuple(tuple(pair) for pair in tensors))
        return {"input_ids": torch.zeros(batch, 1, dtype=torch.long), "past_key_values": cache}

    return inputs


def generating(model):
    """The model with one round of `generate` in place of its pass, as `GenerationMixin._sample` of 4.56 has it.

    Greedy, as it is where nothing else is asked for: no logits processor, and two criteria to stop, the length and the
    end of a text. What the loop carries from round to round is the round's input; that it looks whether all sequences
    have ended, at the beginning of the next round there, is the end of the round here.
    """
    import transformers
    from transformers.generation import stopping_criteria

    forward = model.forward
    end_of_text = 0  # Which token it is makes no difference.
    criteria = transformers.StoppingCriteriaList(
        [stopping_criteria.MaxLengthCriteria(1 << 30), stopping_criteria.EosTokenCriteria(end_of_text)]
    )

    # The loop reads the signature of `forward` to know what to prepare.
    @functools.wraps(forward)
    def generate_one_token(input_ids, attention_mask, cache_position, unfinished, past_key_values):
        state = {
            "attention_mask": attention_mask,
            "cache_position": cache_position,
            "past_key_values": past_key_values,
            "use_cache": True,
        }
        prepared = model.prepare_inputs_for_generation(input_ids, **state)
        outputs = forward(**prepared, return_dict=True)
        model._update_model_kwargs_for_generation(outputs, state)
        scores = outputs.logits[:, -1, :].to(copy=True, dtype=torch.float32, device=input_ids.device)
        tokens = torch.argmax(scores, dim=-1)
        tokens = tokens * unfinished + end_of_text * (1 - unfinished)
        input_ids = torch.cat([input_ids, tokens[:, None]], dim=-1)
        unfinished = unfinished & ~criteria(input_ids, None)
        bool(unfinished.max() == 0)
        return (input_ids,)

    model.forward = generate_one_token
    read_zeros()
    return model


def in_bfloat16(configuration):
    """The model as it is loaded to generate with: what it then converts to single precision and back are kernels."""
    import transformers

    return transformers.AutoModelForCausalLM.from_config(configuration, dtype=torch.bfloat16)


def next_round(configuration, head_dim):
    """The arguments of one round of `generate`, after a cache of `context` tokens."""
    one_token = next_token(configuration, head_dim, torch.bfloat16)

    def inputs(batch=1, context=128):
        return {
            "input_ids": torch.zeros(batch, context + 1, dtype=torch.long),
            "attention_mask": torch.ones(batch, context + 1, dtype=torch.long),
            "cache_position": torch.zeros(1, dtype=torch.long),
            "unfinished": torch.ones(batch, dtype=torch.long),
            "past_key_values": one_token(batch, context)["past_key_values"],
        }

    return inputs


def llama_generate_builder(configuration):
    def build():
        import transformers

        model = in_bfloat16(transformers.LlamaConfig(**LLAMA_COMMON, **configuration))
        return generating(model), next_round(model.config, model.config.head_dim)

    return build


def build_olmoe():
    model = olmoe()
    route_evenly(model.config.num_experts)

    def inputs(batch=1, sequence_length=128):
        tokens = torch.zeros(batch, sequence_length, dtype=torch.long)
        return {"input_ids": tokens, "num_logits_to_keep": 1}

    return model, inputs


def build_olmoe_decode():
    model = olmoe()
    configuration = model.config
    route_to_first(configuration.num_experts_per_tok, configuration.num_experts)
    return model, next_token(configuration, configuration.hidden_size // configuration.num_attention_heads)


def build_olmoe_generate():
    share = {}
    model = in_bfloat16(olmoe_configuration())
    configuration = model.config
    route_to_first(configuration.num_experts_per_tok, configuration.num_experts, share)
    return rounds_of_experts(model, share)


def rounds_of_experts(model, share):
    """`generate` with a mixture of experts, of which those that are hit get `tokens` tokens each: see `EXPERTS`."""
    configuration = model.config
    for layer in model.model.layers:
        layer.mlp.experts = Rounds(layer.mlp.experts)
    one_round = next_round(configuration, configuration.hidden_size // configuration.num_attention_heads)

    def inputs(batch=1, context=128, tokens=1):
        share["tokens"] = tokens
        return one_round(batch, context)

    return generating(model), inputs


class Rounds(torch.nn.ModuleList):
    """Experts that a loop takes one by one: a round begins where it takes one, before it knows what the expert gets."""

    def __getitem__(self, index):
        with torch._C._profiler._RecordFunctionFast("round#expert"):
            pass
        return super().__getitem__(index)


def olmoe():
    import transformers

    return transformers.OlmoeForCausalLM(olmoe_configuration())


def olmoe_configuration():
    import transformers

    return transformers.OlmoeConfig(
        vocab_size=50304,
        hidden_size=2048,
        intermediate_size=1024,
        num_hidden_layers=16,
        num_attention_heads=16,
        num_key_value_heads=16,
        num_experts=64,
        num_experts_per_tok=8,
        attn_implementation="eager",
    )


def build_qwen_moe_decode():
    import transformers

    configuration = qwen_moe_configuration()
    model = transformers.Qwen2MoeForCausalLM(configuration)
    route_to_picked(configuration.num_experts_per_tok)
    read_zeros()
    return model, next_token(configuration, configuration.hidden_size // configuration.num_attention_heads)


def build_qwen_moe_generate():
    share = {}
    model = in_bfloat16(qwen_moe_configuration())
    route_to_picked(model.config.num_experts_per_tok, share)
    return rounds_of_experts(model, share)


def qwen_moe_configuration():
    import transformers

    return transformers.Qwen2MoeConfig(
        vocab_size=151936,
        hidden_size=2048,
        intermediate_size=5632,
        moe_intermediate_size=1408,
        shared_expert_intermediate_size=5632,
        num_hidden_layers=24,
        num_attention_heads=16,
        num_key_value_heads=16,
        num_experts=60,
        num_experts_per_tok=4,
        norm_topk_prob=False,
        attn_implementation="eager",
    )


def route_evenly(experts):
    """Lets `nonzero` run without values: of an expert's mask (choices x tokens), its even share is set."""

    def nonzero(mask):
        return torch.empty((mask.numel() // experts, mask.dim()), dtype=torch.long, device="meta")

    META_KERNELS.impl("nonzero", nonzero, "Meta", allow_override=True)


def route_to_first(chosen, experts, share=None):
    """Lets `nonzero` run without values, for experts asked in order: the first few get every token, or `share`'s number
    of them, the rest none."""
    asked = 0

    def nonzero(mask):
        nonlocal asked
        tokens = share["tokens"] if share else mask.shape[-1]
        tokens = tokens if asked % experts < chosen else 0
        asked += 1
        return torch.empty((tokens, mask.dim()), dtype=torch.long, device="meta")

    META_KERNELS.impl("nonzero", nonzero, "Meta", allow_override=True)


def route_to_picked(chosen, share=None):
    """Lets `nonzero` run without values: of a list of experts a few are picked; an expert's mask has every token, or
    `share`'s number of them."""

    def nonzero(mask):
        tokens = share["tokens"] if share else mask.shape[-1]
        return torch.empty((chosen if mask.dim() == 1 else tokens, mask.dim()), dtype=torch.long, device="meta")

    META_KERNELS.impl("nonzero", nonzero, "Meta", allow_override=True)


def read_zeros():
    """Lets `item` run without values, for a model whose operators do not depend on what it reads back."""

    def local_scalar_dense(tensor):
        return 0.0 if tensor.is_floating_point() else 0

    META_KERNELS.impl("_local_scalar_dense", local_scalar_dense, "Meta", allow_override=True)


# A registration lasts as long as its library object.
META_KERNELS = torch.library.Library("aten", "IMPL")


def torchvision_builder(constructor):
    def build():
        import torchvision

        options = {"init_weights": False} if constructor in ("googlenet", "inception_v3") else {}
        return getattr(torchvision.models, constructor)(**options), image_inputs

    return build


def timm_builder(constructor):
    def build():
        import timm

        # timm computes its stochastic depths with tensors while it builds: not on the meta device.
        with torch.device("cpu"):
            model = timm.create_model(constructor)

        def resized_inputs(batch=1, image_size=224):
            if hasattr(model, "pos_embed"):
                resize_positions(model, image_size)
            return image_inputs(batch, image_size)

        return model, resized_inputs

    return build


def resize_positions(model, image_size):
    """Makes a vision transformer what timm builds for another `img_size`: as many positions as there are patches."""
    patches = image_size // model.patch_embed.patch_size[0]
    model.patch_embed.img_size = (image_size, image_size)
    width = model.pos_embed.shape[-1]
    model.pos_embed = torch.nn.Parameter(torch.zeros(1, patches * patches + 1, width, device=model.pos_embed.device))


def image_inputs(batch=1, image_size=224):
    return (torch.zeros(batch, 3, image_size, image_size),)


# Of 64 experts of which a token picks 8, a batch hits 64*(1-(7/8)**batch), and of 60 of which it picks 4, 60*(1-(14/15)**batch),
# if it picks evenly. Formulas have no powers: these quotients are the experts that nobody picks, to the nearest whole
# one; OLMoE's at every batch, Qwen's but for one too many or too few at 13, 30, 54 and 69.
OLMOE_IDLE = "2717000//(43874+batch*(3985+batch*(650+batch*batch)))"
QWEN_IDLE = "78110000//(1274329+batch*(96674+batch*(1737+batch*(120+batch))))"
EXPERTS_NOTE = (
    " Experts are picked evenly and independently: as many are hit as that gives on average, and each gets its even"
    " share of the tokens."
)

# name, title, model class, builder, what else the definition has
GENERATE = [
    ("gpt2", "GPT-2 (124 million parameters)", "GPT2LMHeadModel", gpt2_generate, {}),
    *(
        (name, title, "LlamaForCausalLM", llama_generate_builder(configuration), {})
        for name, title, configuration in LLAMA
    ),
    (
        "olmoe-1b-7b",
        "OLMoE 1B-7B: 64 experts, 8 per token",
        "OlmoeForCausalLM",
        build_olmoe_generate,
        {
            "notes": EXPERTS_NOTE + " The loop asks those that nobody picked as well.",
            "stands_for": {"tokens": "((batch*(batch+6)+32)//(8*(batch+2)))"},
            "rounds": {"expert": [f"64-{OLMOE_IDLE}", OLMOE_IDLE]},
        },
    ),
    (
        "qwen1.5-moe-a2.7b",
        "Qwen1.5-MoE-A2.7B: 60 experts, 4 per token",
        "Qwen2MoeForCausalLM",
        build_qwen_moe_generate,
        {
            "notes": EXPERTS_NOTE + " The loop reads back which were picked (a list of four in the file), and asks no other.",
            "stands_for": {"tokens": "((batch*(batch+16)+330)//(15*(batch+11)))"},
            "rounds": {"expert": [f"60-{QWEN_IDLE}"]},
        },
    ),
]
