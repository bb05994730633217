/// The shortest decimal text that reads back as `number`, which is finite: `0.1`, `1e-05`, `3`.
func shortestText(of number: Double) -> String {
  let text = number.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
