import Kernels
import Profiles
import SampleModels
import Simulation
import Testing
import Workloads

/// Demands that can be added up by hand, in fp16.
@Suite("The memory that a pass needs")
struct MemoryDemandTests {
  private func demand(
    _ program: String, inputs: String = "", weights: String = "", fusion: [FusionRule] = []
  ) throws -> TensorDemand {
    let text = """
      { "schema": "workload/1", "name": "hand", "parameters": { "batch": 1 }, \(inputs) \(weights) "program": [ \(program) ] }
      """
    var system = try Sample.system()
    system.framework = try Sample.framework(fusion: fusion)
    return Scenario(
      workload: try Workload(bytes: Array(text.utf8), file: "hand.json").bind(), system: system, precision: .fp16
    ).plan().lowered.tensors
  }

  private static let convolution = """
    { "operator": "aten::conv2d", "inputs": [[1, 3, 8, 8], [4, 3, 3, 3]], "outputs": [[1, 4, 8, 8]], "attributes": { "padding": [1, 1] } },
    { "operator": "aten::batch_norm", "inputs": [[1, 4, 8, 8], [4], [4], [4], [4]], "outputs": [[1, 4, 8, 8]] },
    { "operator": "aten::relu", "inputs": [[1, 4, 8, 8]], "outputs": [[1, 4, 8, 8]] }
    """

  @Test func `counts the weights of convolutions and normalizations`() throws {
    let demand = try demand(Self.convolution)
    let (kernel, normalization) = (4.0 * 3 * 9, 4.0 * 4)
    #expect(demand.weights == 2 * (kernel + normalization))
    #expect(demand.inputs == 384, "the image, which nothing declares or makes")
    #expect(demand.activations == 2 * 512, "what an operator reads and what it makes")
  }

  @Test func `takes the file's word for the weights, and counts each layer's own otherwise`() throws {
    #expect(try demand(Self.convolution, weights: "\"weight_elements\": 1000,").weights == 2000)
    let layers = """
      { "repeat": 3, "program": [
        { "operator": "aten::linear", "inputs": [[1, 8], [8, 8], [8]], "outputs": [[1, 8]] } ] }
      """
    #expect(try demand(layers).weights == 3 * 144)
  }

  /// `addmm` has its bias first, then its input.
  @Test func `counts the bias of a product wherever it stands`() throws {
    let demand = try demand(
      #"{ "operator": "aten::addmm", "inputs": [[16], [4, 8], [8, 16]], "outputs": [[4, 16]] }"#)
    #expect(demand.weights == 2 * (16 + 8 * 16) && demand.inputs == 2 * 4 * 8)
  }

  @Test func `counts a tied table once`() throws {
    let tied = """
      { "operator": "aten::embedding", "inputs": [[100, 8], [1, 4]], "dtypes": ["float", "int64"], "outputs": [[1, 4, 8]] },
      { "operator": "aten::linear", "inputs": [[1, 4, 8], [100, 8]], "outputs": [[1, 4, 100]] }
      """
    #expect(try demand(tied).weights == 2 * 800)
  }

  @Test func `counts declared inputs in their own types`() throws {
    let inputs = "\"inputs\": [[1, 5], [1, 7]], \"dtypes\": [\"int64\", \"bool\"],"
    #expect(try demand(Self.convolution, inputs: inputs, weights: "\"weight_elements\": 0,").inputs == 5 * 8 + 7)
  }

  @Test func `counts a cache for each call that extends or attends to one`() throws {
    let layers = """
      { "repeat": 4, "program": [
        { "operator": "aten::linear", "inputs": [[1, 16], [16, 16]], "outputs": [[1, 16]] },
        { "operator": "aten::view", "inputs": [[1, 16]], "outputs": [[1, 2, 1, 8]] },
        { "operator": "aten::cat", "inputs": [[1, 2, 50, 8], [1, 2, 1, 8]], "outputs": [[1, 2, 51, 8]] },
        { "operator": "aten::scaled_dot_product_attention", "inputs": [[1, 2, 1, 8], [1, 2, 51, 8], [1, 2, 60, 8]], "outputs": [[1, 2, 1, 8]] } ] }
      """
    let demand = try demand(layers, weights: "\"weight_elements\": 0,")
    let (extended, attended) = (2.0 * 50 * 8, 2.0 * 60 * 8)
    #expect(demand.inputs == 4 * 2 * (extended + attended))
  }

  @Test func `keeps what is read later, through views`() throws {
    // The first result is read again behind two others of other sizes.
    let residual = """
      { "operator": "aten::relu", "inputs": [[1, 100]], "outputs": [[1, 100]] },
      { "operator": "aten::view", "inputs": [[1, 100]], "outputs": [[10, 10]] },
      { "operator": "aten::cat", "inputs": [[10, 10], [10, 10]], "outputs": [[10, 20]] },
      { "operator": "aten::sum", "inputs": [[10, 20]], "outputs": [[10]] },
      { "operator": "aten::add", "inputs": [[1, 100], [10]], "outputs": [[1, 100]] }
      """
    // At the concatenation: 100 that live on, and 200 made; 100 elements more would be a copy of the view.
    #expect(try demand(residual).activations == 2 * (100 + 200 + 10))
  }

  @Test func `leaves out what a fused group keeps on chip`() throws {
    let chain = """
      { "operator": "aten::relu", "inputs": [[1, 100]], "outputs": [[1, 100]] },
      { "operator": "aten::sigmoid", "inputs": [[1, 100]], "outputs": [[1, 100]] }
      """
    #expect(try demand(chain).activations == 2 * 200)
    #expect(try demand(chain, fusion: [.pointwise]).activations == 2 * 100)
  }

  @Test func `makes nothing where an operator works in place`() throws {
    let chain = { (name: String) in
      """
      { "operator": "aten::relu", "inputs": [[1, 100]], "outputs": [[1, 100]] },
      { "operator": "\(name)", "inputs": [[1, 100]], "outputs": [[1, 100]] }
      """
    }
    #expect(try demand(chain("aten::sigmoid_")).activations == 2 * 100)
    #expect(try demand(chain("aten::sigmoid")).activations == 2 * 200)
  }

  @Test func `is weights, inputs and activations, and the device's memory holds it or does not`() throws {
    let tensors = try demand(Self.convolution)
    var accelerator = try Sample.accelerator()
    let bytes = tensors.weights + tensors.inputs + tensors.activations
    accelerator.memory.capacityGB = bytes * 1e-9
    let demand = MemoryDemand(tensors, accelerator: accelerator)
    #expect(demand.requiredBytes == bytes && tensors.inputs > 0)
    #expect(demand.weightBytes == tensors.weights && demand.inputBytes == tensors.inputs)
    #expect(MemoryDemand(tensors, accelerator: nil).fits)
    accelerator.memory.capacityGB = (bytes - 1) * 1e-9
    #expect(!MemoryDemand(tensors, accelerator: accelerator).fits)
  }
}
