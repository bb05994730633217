/// A value that is nearly always the usual one, of which a program holds hundreds of thousands: then it takes a word, and any
/// other stands in a place of its own.
struct Rarely<Value: HasUsualValue>: Sendable {
  /// A value in a place of its own.
  private final class Place: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
  }

  /// Where it is; nil for the usual one.
  private var place: Place?

  /// A value.
  init(_ value: Value) { place = value == Value() ? nil : Place(value) }

  /// The usual value.
  init() {}

  /// The value.
  var value: Value {
    get { place?.value ?? Value() }
    set { self = Self(newValue) }
  }
}

extension Rarely: Equatable {
  static func == (one: Self, other: Self) -> Bool { one.place === other.place || one.value == other.value }
}

extension Rarely: Hashable where Value: Hashable {
  func hash(into hasher: inout Hasher) { hasher.combine(value) }
}

/// What has a value that nearly all have alike.
protocol HasUsualValue: Equatable, Sendable {
  /// The usual value.
  init()
}
