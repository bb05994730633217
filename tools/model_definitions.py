"""The models that export_workload.py defines: configurations by their public values, no weights.

The language models follow transformers 4.30 and the vision models torchvision and timm 0.6, as the
paper ran them: language models get token indices only, and make their own attention mask.
"""

import torch


def definitions(definition):
    """All definitions, in the order in which they are listed. `definition` is export_workload.Definition."""
    for name, title, class_name, configuration in LANGUAGE:
        yield definition(
            name=name,
            title=title,
            source=f"transformers {version('transformers')} {class_name}, {name} configuration",
            build=language_builder(class_name, configuration),
        )
    for name, title, constructor in TORCHVISION:
        yield definition(
            name=name,
            title=title,
            source=f"torchvision {version('torchvision')} {constructor}",
            build=torchvision_builder(constructor),
        )
    for name, title, constructor, fixed_size in TIMM:
        yield definition(
            name=name,
            title=title,
            source=f"timm {version('timm')} {constructor}",
            build=timm_builder(constructor, fixed_size),
        )


def version(package):
    from importlib import metadata

    return metadata.version(package)


# name, title, model class, what differs from the configuration class's defaults
LANGUAGE = [
    ("bert-base-uncased", "BERT base, uncased", "BertModel", {}),
    ("distilbert-base-uncased", "DistilBERT base, uncased", "DistilBertModel", {}),
    ("mobilebert-uncased", "MobileBERT, uncased", "MobileBertModel", {}),
    ("gpt2", "GPT-2 (124 million parameters)", "GPT2Model", {}),
]

# name, title, constructor
TORCHVISION = [
    ("resnet18", "ResNet-18", "resnet18"),
    ("resnet50", "ResNet-50", "resnet50"),
    ("mobilenet-v2", "MobileNet v2", "mobilenet_v2"),
]

# name, title, constructor, image size where the model fixes it
TIMM = [
    ("vit-base-patch32-224", "ViT-B/32 at 224 x 224", "vit_base_patch32_224", 224),
]


def language_builder(class_name, configuration):
    def build():
        import transformers

        model_class = getattr(transformers, class_name)
        model = model_class(model_class.config_class(**configuration))

        def inputs(batch=1, sequence_length=128):
            return (torch.zeros(batch, sequence_length, dtype=torch.long),)

        return model, inputs

    return build


def torchvision_builder(constructor):
    def build():
        import torchvision

        options = {"init_weights": False} if constructor in ("googlenet", "inception_v3") else {}
        return getattr(torchvision.models, constructor)(**options), image_inputs

    return build


def timm_builder(constructor, fixed_size):
    def build():
        import timm

        def fixed_inputs(batch=1):
            return image_inputs(batch, fixed_size)

        # timm computes its stochastic depths with tensors while it builds: not on the meta device.
        with torch.device("cpu"):
            model = timm.create_model(constructor)
        return model, fixed_inputs if fixed_size else image_inputs

    return build


def image_inputs(batch=1, image_size=224):
    return (torch.zeros(batch, 3, image_size, image_size),)
