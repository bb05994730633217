/// What a call of the accelerator's runtime or driver does, by its name; CUDA's and HIP's differ in their first letters.
package enum RuntimeCall: Sendable, Equatable {
  /// Launches a kernel.
  case launch
  /// Launches a graph.
  case graphLaunch
  /// Copies memory.
  case copy
  /// Sets memory to a value.
  case set
  /// Waits for the whole device.
  case synchronizeDevice
  /// Waits for a stream.
  case synchronizeStream
  /// Waits for an event.
  case synchronizeEvent
  /// Records an event.
  case recordEvent
  /// Lets a stream wait for an event.
  case waitForEvent
  /// Gives back memory, and waits for the device in passing.
  case free
  /// Asks whether an event or stream is done, without waiting.
  case query
  /// Anything else costs the host its time and no more.
  case other

  /// The call of a name such as `cudaLaunchKernel`, `cuLaunchKernelEx` or `hipExtModuleLaunchKernel`.
  package init(name: String) {
    let prefixes = ["cuda", "hip", "cu"]
    guard let prefix = prefixes.first(where: { name.hasPrefix($0) }) else {
      self = .intel(name)
      return
    }
    let rest = name.dropFirst(prefix.count)
    func begins(_ words: String...) -> Bool { words.contains { rest.hasPrefix($0) } }
    if begins("GraphLaunch") {
      self = .graphLaunch
    } else if begins("LaunchHostFunc") {
      self = .other
    } else if begins("Launch", "ModuleLaunch", "ExtModuleLaunch", "ExtLaunch", "HccModuleLaunch", "DrvLaunch") {
      self = .launch
    } else if begins("Memcpy") {
      self = .copy
    } else if begins("Memset") {
      self = .set
    } else if begins("DeviceSynchronize", "CtxSynchronize", "ThreadSynchronize") {
      self = .synchronizeDevice
    } else if begins("StreamSynchronize") {
      self = .synchronizeStream
    } else if begins("EventSynchronize") {
      self = .synchronizeEvent
    } else if begins("EventQuery", "StreamQuery") {
      self = .query
    } else if begins("EventRecord") {
      self = .recordEvent
    } else if begins("StreamWaitEvent") {
      self = .waitForEvent
    } else if begins("Free", "MemFree"), !begins("FreeAsync", "MemFreeAsync") {
      self = .free
    } else {
      self = .other
    }
  }

  /// Whether it launches kernels, one or many.
  package var launchesKernels: Bool { self == .launch || self == .graphLaunch }
}
