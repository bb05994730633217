import Reports
import Testing

/// Kernels' names as tables show them.
@Suite("Short names of kernels") struct ShortKernelNameTests {
  @Test(
    arguments: [
      (
        "void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<float>>(int, float*)",
        "vectorized_elementwise_kernel<4, CUDAFunctor_add<float>>"
      ),
      ("void at::native::(anonymous namespace)::indexSelect<float, (int)2>(f(int), g)", "indexSelect<float, (int)2>"),
      ("Memcpy DtoH (Device -> Pinned)", "Memcpy DtoH (Device -> Pinned)"), ("sm90_xmma_gemm", "sm90_xmma_gemm"),
      ("(x)", "(x)"), ("unbalanced)", "unbalanced)"), ("", ""),
    ])
  func `keep what tells kernels apart`(name: String, short: String) { #expect(shortKernelName(name) == short) }
}
