"""Models as today's releases run them: attention in one call, the decoders in bfloat16 as they are loaded.

transformers 4.56 and timm 1.0. Where nothing else is said a model is built in single precision, which the simulator
takes for whatever precision a run asks for.
"""

from importlib import metadata

import model_definitions as models
import torch


def definitions(definition):
    """The definitions of this file, in the order in which they are listed."""
    for name, title, constructor, builder in TIMM:
        yield definition(
            name=name,
            title=title,
            needs=("timm", "1.0"),
            source=f"timm {metadata.version('timm')} {constructor}",
            build=builder(constructor),
            full_slices=False,
        )
    for name, title, class_name, build, notes in TRANSFORMERS:
        yield definition(
            name=name,
            title=title,
            needs=("transformers", "4.56"),
            source=f"transformers {metadata.version('transformers')} {class_name}",
            notes=notes,
            build=build,
            full_slices=False,
        )
    yield definition(
        name="stable-diffusion-unet",
        title="UNet of Stable Diffusion 1.5",
        needs=("diffusers", "0.35"),
        source="diffusers 0.35.1 UNet2DConditionModel, stable-diffusion-v1-5 configuration",
        notes="One step of denoising at 512 x 512 with 77 tokens of text; guidance takes a batch of 2 for each image.",
        build=diffusion_step,
        full_slices=False,
    )
    yield definition(
        name="dlrm",
        title="DLRM, MLPerf's configuration for Criteo's terabyte",
        source="the modules of facebookresearch/dlrm's dlrm_s_pytorch.py, written out",
        notes="26 tables of 128 columns, one row looked up in each for a sample; 24 billion weights.",
        build=recommendation,
        full_slices=False,
    )


# MARK: timm


def timm_builder(constructor):
    """A model whose images have one size, or which takes any."""

    def build():
        return timm_model(constructor), models.image_inputs

    return build


def timm_at_one_size(constructor):
    def build():
        def inputs(batch=1):
            return models.image_inputs(batch)

        return timm_model(constructor), inputs

    return build


def timm_transformer(constructor):
    def build():
        model = timm_model(constructor)

        def inputs(batch=1, image_size=224):
            models.resize_positions(model, image_size)
            return models.image_inputs(batch, image_size)

        return model, inputs

    return build


def timm_model(constructor):
    import timm

    # timm computes its stochastic depths with tensors while it builds: not on the meta device.
    with torch.device("cpu"):
        return timm.create_model(constructor)


# MARK: transformers


def bert():
    import transformers

    read_ones()  # It looks whether its mask, which it makes of ones, hides anything.
    model = transformers.BertModel(transformers.BertConfig(attn_implementation="sdpa"))

    def inputs(batch=1, sequence_length=128):
        return (torch.zeros(batch, sequence_length, dtype=torch.long),)

    return model, inputs


def vision_transformer():
    import transformers

    configuration = transformers.ViTConfig(attn_implementation="sdpa", num_labels=1000)
    model = transformers.ViTForImageClassification(configuration)
    embeddings = model.vit.embeddings

    def inputs(batch=1, image_size=224):
        patches = (image_size // configuration.patch_size) ** 2
        embeddings.patch_embeddings.image_size = (image_size, image_size)
        positions = torch.zeros(1, patches + 1, configuration.hidden_size, device=embeddings.cls_token.device)
        embeddings.position_embeddings = torch.nn.Parameter(positions)
        return models.image_inputs(batch, image_size)

    return model, inputs


def llama(configuration):
    def build():
        import transformers

        common = {**models.LLAMA_COMMON, "attn_implementation": "sdpa"}
        model = models.in_bfloat16(transformers.LlamaConfig(**common, **configuration))

        def inputs(batch=1, sequence_length=128):
            return {"input_ids": torch.zeros(batch, sequence_length, dtype=torch.long), "logits_to_keep": 1}

        return model, inputs

    return build


def llama_decode(configuration):
    def build():
        import transformers

        common = {**models.LLAMA_COMMON, "attn_implementation": "sdpa"}
        model = models.in_bfloat16(transformers.LlamaConfig(**common, **configuration))
        return model, models.next_token(model.config, model.config.head_dim, torch.bfloat16)

    return build


# Whisper small: a window of 30 s is 3,000 frames, of which the encoder makes half as many states.
WHISPER = {
    "vocab_size": 51865,
    "d_model": 768,
    "encoder_layers": 12,
    "decoder_layers": 12,
    "encoder_attention_heads": 12,
    "decoder_attention_heads": 12,
    "encoder_ffn_dim": 3072,
    "decoder_ffn_dim": 3072,
    "attn_implementation": "sdpa",
}


def whisper_encoder():
    import transformers

    configuration = transformers.WhisperConfig(**WHISPER)
    model = transformers.WhisperForConditionalGeneration(configuration).get_encoder()

    def inputs(batch=1):
        return (torch.zeros(batch, configuration.num_mel_bins, 2 * configuration.max_source_positions),)

    return model, inputs


def whisper_decode():
    import transformers

    configuration = transformers.WhisperConfig(**WHISPER)
    model = transformers.WhisperForConditionalGeneration(configuration)
    heads = configuration.decoder_attention_heads

    def inputs(batch=1, context=32):
        from transformers.modeling_outputs import BaseModelOutput

        states = configuration.max_source_positions
        widths = configuration.d_model // heads
        cache = decoder_cache((batch, heads, context, widths), (batch, heads, states, widths), configuration.decoder_layers)
        return {
            "encoder_outputs": BaseModelOutput(torch.zeros(batch, states, configuration.d_model)),
            "decoder_input_ids": torch.zeros(batch, 1, dtype=torch.long),
            "past_key_values": cache,
        }

    return model, inputs


def decoder_cache(own, crossed, layers):
    """A cache of a decoder's own keys and values and of those that it made of the encoder's states."""
    import transformers

    caches = (
        transformers.DynamicCache.from_legacy_cache(
            tuple((torch.zeros(shape), torch.zeros(shape)) for _ in range(layers))
        )
        for shape in (own, crossed)
    )
    return transformers.EncoderDecoderCache(*caches)


# T5 base; its attention adds a bias of positions and has no fused form in this release.
T5 = {
    "d_model": 768,
    "d_kv": 64,
    "d_ff": 3072,
    "num_layers": 12,
    "num_heads": 12,
    "vocab_size": 32128,
}


def t5_encoder():
    import transformers

    model = transformers.T5EncoderModel(transformers.T5Config(**T5))

    def inputs(batch=1, sequence_length=128):
        return (torch.zeros(batch, sequence_length, dtype=torch.long),)

    return model, inputs


def t5_decode():
    import transformers

    configuration = transformers.T5Config(**T5)
    model = transformers.T5ForConditionalGeneration(configuration)

    def inputs(batch=1, sequence_length=128, context=32):
        from transformers.modeling_outputs import BaseModelOutput

        own, crossed = ((batch, configuration.num_heads, length, configuration.d_kv) for length in (context, sequence_length))
        return {
            "encoder_outputs": BaseModelOutput(torch.zeros(batch, sequence_length, configuration.d_model)),
            "decoder_input_ids": torch.zeros(batch, 1, dtype=torch.long),
            "past_key_values": decoder_cache(own, crossed, configuration.num_layers),
        }

    return model, inputs


def detection_transformer():
    import transformers

    configuration = transformers.DetrConfig(
        use_timm_backbone=False,
        use_pretrained_backbone=False,
        backbone=None,
        backbone_config=transformers.ResNetConfig(out_features=["stage4"]),
        num_labels=91,
    )
    read_ones()
    model = transformers.DetrForObjectDetection(configuration)

    def inputs(batch=1):
        return (torch.zeros(batch, 3, 800, 1216),)

    return model, inputs


def diffusion_step():
    import diffusers

    model = diffusers.UNet2DConditionModel(sample_size=64, cross_attention_dim=768)

    def inputs(batch=2):
        return {
            "sample": torch.zeros(batch, 4, 64, 64),
            "timestep": torch.zeros((), dtype=torch.long),
            "encoder_hidden_states": torch.zeros(batch, 77, 768),
        }

    return model, inputs


# MARK: recommendation

# Rows of the tables: categories of each feature of Criteo's terabyte, of which MLPerf keeps 40 million.
TABLE_ROWS = [
    40000000, 36746, 17245, 7413, 20243, 3, 7114, 1441, 62, 29275261, 1572176, 345138, 10, 2209, 11267, 128, 4, 974, 14,
    40000000, 11316796, 40000000, 452104, 12606, 104, 35,
]  # fmt: skip
TABLE_WIDTH = 128


class Recommendation(torch.nn.Module):
    """DLRM: numbers through a perceptron, categories through tables, their products pair by pair through another."""

    def __init__(self):
        super().__init__()
        self.tables = torch.nn.ModuleList(torch.nn.EmbeddingBag(rows, TABLE_WIDTH, mode="sum") for rows in TABLE_ROWS)
        features = len(TABLE_ROWS) + 1
        self.bottom = perceptron([13, 512, 256, TABLE_WIDTH], torch.nn.ReLU)
        pairs = features * (features - 1) // 2
        self.top = perceptron([TABLE_WIDTH + pairs, 1024, 1024, 512, 256, 1], torch.nn.Sigmoid)
        self.features = features

    def forward(self, numbers, offsets, indices):
        dense = self.bottom(numbers)
        looked_up = [table(indices[i], offsets[i], per_sample_weights=None) for i, table in enumerate(self.tables)]
        together = torch.cat([dense] + looked_up, dim=1).view(dense.shape[0], -1, dense.shape[1])
        products = torch.bmm(together, torch.transpose(together, 1, 2))
        rows = torch.tensor([i for i in range(self.features) for _ in range(i)])
        columns = torch.tensor([j for i in range(self.features) for j in range(i)])
        return self.top(torch.cat([dense, products[:, rows, columns]], dim=1))


def perceptron(widths, last):
    layers = []
    for before, after in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(before, after), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1], last())


def recommendation():
    def inputs(batch=2048):
        return (
            torch.zeros(batch, 13),
            torch.zeros(len(TABLE_ROWS), batch, dtype=torch.long),
            torch.zeros(len(TABLE_ROWS), batch, dtype=torch.long),
        )

    return Recommendation(), inputs


def gpt2_decode():
    import transformers

    configuration = transformers.GPT2Config(attn_implementation="sdpa")
    # The names by which `next_token` knows the sizes.
    configuration.num_key_value_heads = configuration.num_attention_heads
    head_dim = configuration.n_embd // configuration.n_head
    return models.in_bfloat16(configuration), models.next_token(configuration, head_dim, torch.bfloat16)


def read_ones():
    """Lets `item` run without values, for a model that reads back whether a mask of ones hides nothing."""

    def local_scalar_dense(tensor):
        return 1.0 if tensor.is_floating_point() else 1

    models.META_KERNELS.impl("_local_scalar_dense", local_scalar_dense, "Meta", allow_override=True)


# name, title, constructor, builder
TIMM = [
    ("vit-base-patch16-224-timm", "ViT-B/16, timm", "vit_base_patch16_224", timm_transformer),
    ("vit-large-patch16-224", "ViT-L/16", "vit_large_patch16_224", timm_transformer),
    ("convnext-tiny", "ConvNeXt-T", "convnext_tiny", timm_builder),
    ("swin-tiny-patch4-window7-224", "Swin-T", "swin_tiny_patch4_window7_224", timm_at_one_size),
    ("efficientnet-b0", "EfficientNet-B0", "efficientnet_b0", timm_builder),
    ("regnety-016", "RegNetY-1.6GF", "regnety_016", timm_builder),
]

WHISPER_NOTES = "A window of 30 seconds: 3,000 frames, 1,500 states."

DECODE_NOTES = "One step of generation for each sequence of the batch, with a cache of `context` tokens, in bfloat16."

# name, title, model class, builder, notes
TRANSFORMERS = [
    (
        "bert-base-uncased-sdpa",
        "BERT base, uncased, fused attention",
        "BertModel",
        bert,
        "It reads back whether its mask hides anything.",
    ),
    (
        "vit-base-patch16-224",
        "ViT-B/16, Hugging Face",
        "ViTForImageClassification",
        vision_transformer,
        "Attention is fused.",
    ),
    (
        "gpt2-decode-sdpa",
        "GPT-2 (124 million parameters), one token after `context` others, fused attention",
        "GPT2LMHeadModel",
        gpt2_decode,
        DECODE_NOTES,
    ),
    *(
        (
            f"{name}-sdpa",
            f"{title}, fused attention",
            "LlamaForCausalLM",
            llama(configuration),
            "Prefill: one pass over the prompt, in bfloat16; the language head runs on its last token only.",
        )
        for name, title, configuration in models.LLAMA
    ),
    *(
        (
            f"{name}-decode-sdpa",
            f"{title}, one token after `context` others, fused attention",
            "LlamaForCausalLM",
            llama_decode(configuration),
            DECODE_NOTES,
        )
        for name, title, configuration in models.LLAMA
    ),
    ("whisper-small-encoder", "Whisper small, encoder", "WhisperEncoder", whisper_encoder, f"{WHISPER_NOTES} Attention is fused."),
    (
        "whisper-small-decode",
        "Whisper small, decoder: one token after `context` others",
        "WhisperForConditionalGeneration",
        whisper_decode,
        f"{WHISPER_NOTES} Attention is fused. One step of generation; the cache holds what the decoder made of the states.",
    ),
    ("t5-base-encoder", "T5 base, encoder", "T5EncoderModel", t5_encoder, None),
    (
        "t5-base-decode",
        "T5 base, decoder: one token after `context` others",
        "T5ForConditionalGeneration",
        t5_decode,
        "One step of generation; the cache holds what the decoder made of `sequence_length` states.",
    ),
    (
        "detr-resnet50",
        "DETR, ResNet-50",
        "DetrForObjectDetection",
        detection_transformer,
        "Images of 800 x 1216 without padding.",
    ),
]
