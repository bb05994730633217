import Kernels
import Profiles

/// What the name of a recorded kernel says of its work.
struct KernelName {
  /// The sort of work; nil where the name does not say.
  let kernelClass: KernelClass?
  /// The format of its arithmetic.
  let precision: Precision

  /// - Parameter name: The kernel's name, as the compiler or a library gave it.
  init(_ name: String) {
    let lower = name.lowercased()
    func has(_ words: [String]) -> Bool { words.contains { lower.contains($0) } }
    if has(Self.fp16) {
      precision = .fp16
    } else if has(Self.bf16) {
      precision = .bf16
    } else if has(["fp8", "e4m3", "e5m2", "f8f8"]) {
      precision = .fp8
    } else if has(["tf32"]) {
      precision = .tf32
    } else {
      precision = .fp32
    }
    kernelClass = Self.classes.first { has($0.words) }?.kernelClass
  }

  private static let fp16 = ["half", "fp16", "f16f16", "h884", "h1688", "hgemm", "_hh", "f16_s"]
  private static let bf16 = ["bfloat16", "bf16", "_bbs", "b_bs_bh", "bfloat"]

  /// The first that has a word in the name: more special ones before more general ones.
  private static let classes: [(kernelClass: KernelClass, words: [String])] = [
    (
      .reduction,
      """
      softmax reduce norm_kernel layer_norm rmsnorm layernorm rms_norm bn_fw bn_bw batch_norm triton_red triton_per \
      nll_loss argmax topk scan
      """
    ),
    (.matrixMultiply, "flash fmha attention attn"),
    (
      .convolution,
      """
      winograd implicit_convolve convolve fprop dgrad wgrad scudnn conv2d conv3d depthwise igemm miopen im2col fft
      """
    ),
    (.matrixMultiply, "gemm cutlass cijk_ xmma wgmma nvjet gemv splitk ck_tile matmul"),
    (.gather, "index gather scatter embedding"),
    (.copy, "copy transpose nchwtonhwc nhwctonchw catarray cat_array memcpy memset fill"),
    (
      .elementwise,
      "elementwise element_wise triton_poi pointwise rotary silu gelu relu dropout adam sgd multi_tensor"
    ),
  ].map { ($0, $1.split(separator: " ").map(String.init)) }
}
