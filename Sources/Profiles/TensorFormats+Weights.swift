extension TensorFormats {
  /// The same with weights in another format: computed in it where engine and accelerator do, and else converted.
  package func with(weights: Precision, of system: System) -> TensorFormats {
    var formats = self
    formats.weights = weights
    let engine = system.engine ?? EngineProfile()
    let isNarrow = weights.bytesPerElement < activations.bytesPerElement
    // Units for a narrow format that are slower than those for the activations' are not used.
    let peaks = system.accelerator?.peakTFLOPS
    let isFaster = (peaks?[weights] ?? 0) > (peaks?[activations] ?? .infinity)
    formats.weightArithmetic =
      isNarrow && isFaster && engine.computedFormats.contains(weights) ? weights : activations
    formats.conversionsPerClock = formats.convertsWeights ? engine.conversionsPerClock[weights] : nil
    return formats
  }
}
