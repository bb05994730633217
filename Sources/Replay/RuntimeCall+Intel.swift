import JSONText

extension RuntimeCall {
  /// The call of Intel's Unified Runtime (`urEnqueueKernelLaunch`) or Level Zero (`zeCommandListAppendLaunchKernel`).
  ///
  /// Source: the functions of the Unified Runtime and Level Zero specifications.
  static func intel(_ name: String) -> RuntimeCall {
    guard name.hasPrefix("ur") || name.hasPrefix("ze") || name.hasPrefix("pi") else { return .other }
    func has(_ words: String...) -> Bool { words.contains { name.contains($0) } }
    if has("KernelLaunch", "LaunchKernel", "LaunchCooperativeKernel") { return .launch }
    if has("EnqueueCommandBuffer", "CommandBufferEnqueue") { return .graphLaunch }
    if has("Memcpy", "MemoryCopy", "MemBufferCopy", "MemBufferRead", "MemBufferWrite") { return .copy }
    if has("USMFill", "MemoryFill", "MemBufferFill") { return .set }
    if has("QueueFinish", "QueueSynchronize", "CommandListHostSynchronize") { return .synchronizeStream }
    if has("EventWait", "EventHostSynchronize"), !has("EnqueueEventsWait") { return .synchronizeEvent }
    if has("USMFree", "MemFree") { return .free }
    return .other
  }
}
