import Profiles
import Workloads

extension BoundWorkload {
  /// The program with what the host has to bring and fetch: pageable copies of the declared inputs before it, and of the
  /// outputs after it, where they are kept in the host's memory.
  ///
  /// The copies are no operators of the model: they are not counted as such.
  public func program(withTensorsOn place: TensorPlace) -> [Block<Operator>] {
    guard place == .host else { return program }
    func copies(_ name: String, _ tensors: [Tensor]) -> [Block<Operator>] {
      tensors.map { .leaf(Operator(name: name, inputs: [$0.shape], inputTypes: [$0.type])) }
    }
    return copies("memcpy_host_to_device", inputs) + program + copies("memcpy_device_to_host", outputs)
  }
}
