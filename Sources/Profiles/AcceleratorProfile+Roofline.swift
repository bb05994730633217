import Roofline

extension AcceleratorProfile {
  /// The peak at which a format is computed: that of the fastest format that can carry it; zero where none can.
  public func peak(_ precision: Precision) -> FLOPsPerSecond {
    FLOPsPerSecond((precision.widenings.compactMap { peakTFLOPS[$0] }.max() ?? 0) * 1e12)
  }

  /// The bandwidth of the device's memory.
  public var memoryBandwidth: BytesPerSecond { BytesPerSecond(gigabytesPerSecond: memory.bandwidthGBPerS) }

  /// The roofs that are left under a device's own: without fused multiply-adds, on one compute unit, on the vector units
  /// alone where there are others, and at the share of the bandwidth that was measured.
  ///
  /// - Parameter precision: The format that is computed.
  /// - Returns: The ceilings, the highest peak first.
  /// - Throws: `RooflineFault` where the profile has no peak for the format.
  public func ceilings(_ precision: Precision) throws(RooflineFault) -> [Ceiling] {
    let roof = try Roofline(accelerator: self, precision: precision)
    var ceilings = [Ceiling(name: "no fused multiply-add", roofline: roof.withoutFusedMultiplyAdd)]
    if efficiency.matrixAlignment > 0, let vector = peakTFLOPS[.fp32], vector > 0, vector * 1e12 < roof.peak.value {
      ceilings.append(Ceiling(name: "no matrix units", roofline: roof.with(peak: FLOPsPerSecond(teraflops: vector))))
    }
    if computeUnits >= 1 {
      ceilings.append(Ceiling(name: "one compute unit", roofline: roof.onOneUnit(of: Int(computeUnits))))
    }
    if efficiency.memory > 0, efficiency.memory < 1 {
      ceilings.append(
        Ceiling(name: "measured bandwidth", roofline: roof.with(bandwidth: roof.bandwidth * efficiency.memory)))
    }
    return ceilings.sorted { $0.roofline.peak > $1.roofline.peak }
  }
}

extension Roofline {
  /// The roofline of a device's data sheet in a format.
  ///
  /// ```swift
  /// let h100 = try ProfileCatalog(directories: [folder]).accelerator(named: "h100-sxm")
  /// let roofline = try Roofline(accelerator: h100, precision: .bf16)  // 989 TFLOP/s, 3.35 TB/s
  /// ```
  ///
  /// - Parameters:
  ///   - accelerator: The device.
  ///   - precision: The format; one that the device has no units for is computed in the fastest that can carry it.
  /// - Throws: `RooflineFault` where the profile has no peak for it, or no bandwidth.
  public init(accelerator: AcceleratorProfile, precision: Precision) throws(RooflineFault) {
    try self.init(validatingPeak: accelerator.peak(precision), bandwidth: accelerator.memoryBandwidth)
  }
}

extension HierarchicalRoofline {
  /// The rooflines of a device's last-level cache, where its bandwidth is known, and of its memory: `L2` and `DRAM`.
  ///
  /// - Parameters:
  ///   - accelerator: The device.
  ///   - precision: The format; one that the device has no units for is computed in the fastest that can carry it.
  /// - Throws: `RooflineFault` where the profile has no peak for it, or no bandwidth.
  public init(accelerator: AcceleratorProfile, precision: Precision) throws(RooflineFault) {
    var levels = [MemoryLevel(name: "DRAM", bandwidth: accelerator.memoryBandwidth)]
    if let cache = accelerator.memory.l2BandwidthGBPerS {
      levels.insert(MemoryLevel(name: "L2", bandwidth: BytesPerSecond(gigabytesPerSecond: cache)), at: 0)
    }
    try self.init(validatingPeak: accelerator.peak(precision), levels: levels)
  }
}
