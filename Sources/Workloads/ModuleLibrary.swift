/// The library whose modules a model is made of: what a call of one costs the host depends on what is around it.
package enum ModuleLibrary: String, CaseIterable, Sendable {
  /// PyTorch's own, and models written with nothing else: torchvision, timm, litgpt, gpt-fast.
  case torch
  /// Hugging Face's transformers.
  case transformers
}
