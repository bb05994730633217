import Profiles
import Workloads

extension ResolvedProgram {
  /// The program with what the host has to bring and fetch: pageable copies of the declared inputs before it, and of the
  /// outputs after it, where they are kept in the host's memory.
  ///
  /// The copies are no operators of the model: they are not counted as such.
  func with(tensorsOf workload: BoundWorkload, on place: TensorPlace) -> ResolvedProgram {
    guard place == .host else { return self }
    func copies(_ name: String, _ tensors: [Tensor]) -> [Operator] {
      tensors.map { Operator(name: name, inputs: [$0.shape], inputTypes: [$0.type]) }
    }
    return between(
      copies("memcpy_host_to_device", workload.inputs), copies("memcpy_device_to_host", workload.outputs))
  }
}
