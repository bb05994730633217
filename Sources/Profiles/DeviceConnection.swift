/// What connects the devices of a run.
package struct DeviceConnection: Sendable, Equatable {
  /// What joins the devices of a group.
  package var inner: InterconnectProfile
  /// What joins groups; nil where nothing is known.
  package var outer: InterconnectProfile?

  /// A connection.
  package init(_ inner: InterconnectProfile, outer: InterconnectProfile? = nil) {
    self.inner = inner
    self.outer = outer
  }

  /// Whether it joins so many.
  package func joins(_ ranks: Double) -> Bool { outer != nil || ranks <= inner.ranks }
}
