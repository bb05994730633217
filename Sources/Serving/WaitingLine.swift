/// What waits, first come, first served: taking from the front costs the same however long the line is.
///
/// An array's own `removeFirst` moves all that stand behind; a queue that grows without end would take forever.
struct WaitingLine<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var taken = 0

  /// Nothing waits, or these do.
  init(_ elements: [Element] = []) { self.elements = elements }

  /// How many wait.
  var count: Int { elements.count - taken }

  /// Who is next.
  var first: Element? { taken < elements.count ? elements[taken] : nil }

  /// Adds one behind all others.
  mutating func append(_ element: Element) { elements.append(element) }

  /// Adds one behind the last that it does not go before.
  mutating func insert(_ element: Element, before isBefore: (Element, Element) -> Bool) {
    var place = elements.count
    while place > taken, isBefore(element, elements[place - 1]) { place -= 1 }
    elements.insert(element, at: place)
  }

  /// Takes who is next; nil where nobody waits.
  @discardableResult mutating func take() -> Element? {
    guard let element = first else { return nil }
    taken += 1
    // Half of the room at most is left behind, so that each is moved once on average.
    if taken >= 64, taken * 2 >= elements.count {
      elements.removeFirst(taken)
      taken = 0
    }
    return element
  }
}
