import JSONText

/// A kernel's name as far as people tell kernels apart by it: without what it returns, the namespaces that nearly all of PyTorch's
/// are in, and its parameters.
///
/// What is left begins with the words that differ, and a table that is too wide cuts its end.
package func shortKernelName(_ name: String) -> String {
  var text = name.hasPrefix("void ") ? String(name.dropFirst(5)) : name
  for namespace in ["(anonymous namespace)::", "at::native::", "at_cuda_detail::"] {
    text = text.replacing(namespace, with: "")
  }
  guard text.hasSuffix(")") else { return text }
  // The parameters are between the last parentheses that are not within others.
  var depth = 0
  for index in text.indices.reversed() {
    if text[index] == ")" { depth += 1 }
    if text[index] == "(" { depth -= 1 }
    guard depth == 0 else { continue }
    let head = text[..<index]
    // Of a copy, what is between them says from where to where.
    return head.isEmpty || head.last == " " ? text : String(head)
  }
  return text
}
