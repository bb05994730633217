import Kernels
import Profiles

/// What the name of a recorded kernel says of its work.
struct KernelName {
  /// The sort of work; nil where the name does not say.
  let kernelClass: KernelClass?
  /// The format of its arithmetic.
  let precision: Precision

  /// Whether ranks do it together.
  var isCollective: Bool { kernelClass == .collective }

  /// - Parameter name: The kernel's name, as the compiler or a library gave it.
  init(_ name: String) {
    let bytes = Array(name.lowercased().utf8)
    precision = Self.precisionWords.first(in: bytes).map { Self.precisions[$0].precision } ?? .fp32
    kernelClass = Self.classWords.first(in: bytes).map { Self.classes[$0].kernelClass }
  }

  private static let precisions: [(precision: Precision, words: [String])] = [
    (.fp16, ["half", "fp16", "f16f16", "h884", "h1688", "hgemm", "_hh", "f16_s"]),
    (.bf16, ["bfloat16", "bf16", "_bbs", "b_bs_bh", "bfloat"]),
    (.fp8, ["fp8", "e4m3", "e5m2", "f8f8"]),
    (.tf32, ["tf32"]),
  ]

  private static let precisionWords = WordSearch(precisions.map(\.words))
  private static let classWords = WordSearch(classes.map(\.words))

  /// The first that has a word in the name: more special ones before more general ones.
  private static let classes: [(kernelClass: KernelClass, words: [String])] = [
    (
      .collective,
      "nccl rccl mscclkernel mscclpp cross_device_reduce quickreduce one_shot_all_reduce two_shot_all_reduce "
        + "multimem_all_reduce oneshotallreduce twoshotallreduce allreduce_fusion deep_ep"
    ),
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

/// Finds words of several lists in a text in one pass over it: a recording may have as many names as kernels.
private struct WordSearch {
  /// By their first bytes, the words and the numbers of their lists.
  private var words: [[(word: [UInt8], list: Int)]] = Array(repeating: [], count: 256)

  init(_ lists: [[String]]) {
    for (number, list) in lists.enumerated() {
      for word in list {
        let bytes = Array(word.utf8)
        if let first = bytes.first { words[Int(first)].append((bytes, number)) }
      }
    }
  }

  /// The first list that has a word in the text.
  func first(in text: [UInt8]) -> Int? {
    var found = Int.max
    for start in text.indices {
      for (word, list) in words[Int(text[start])] where list < found && text[start...].starts(with: word) {
        found = list
      }
    }
    return found == .max ? nil : found
  }
}
