import JSONText
import Profiles
import SampleModels
import Testing

/// Each number of a profile is described once, by a field; these tests walk over the fields, so that a number added to
/// a table is covered without a line here.
@Suite("Every number of a profile") struct FieldTests {
  /// A value that a field accepts, another for each place.
  static func value(_ range: NumberRange, _ place: Int) -> Double {
    switch range {
    case .any, .greaterThan, .atLeast: 1 + Double(place) / 64
    case .between(let low, let high): low + (min(high, low + 2) - low) * Double(place + 1) / 128
    case .wholeBetween(let low, let high): min(high, low + 1 + Double(place))
    }
  }

  /// Values that a field refuses, as they are written in a file.
  static func refused(_ range: NumberRange) -> [String] {
    switch range {
    case .any: []
    case .greaterThan(let bound): ["\(bound)", "\(bound - 1)"]
    case .atLeast(let bound): ["\(bound - 1)", "-1e-9"]
    case .between(let low, let high): ["\(low.nextDown)", "\(high.nextUp)", "-1", "1e300"]
    case .wholeBetween(let low, let high): ["\(low - 1)", "\(high + 1)", "\(low + 0.5)"]
    }
  }

  /// A JSON document with a literal for each field, but without one of them.
  static func document<Profile>(
    _ head: String, _ fields: [ProfileField<Profile>], without missing: String? = nil,
    _ literal: (ProfileField<Profile>, Int) -> String
  ) throws -> JSONDocument {
    var groups: [(name: String, members: [String])] = []
    for (place, field) in fields.enumerated() where field.path != missing {
      let parts = field.path.split(separator: ".")
      let member = "\"\(parts[parts.count - 1])\": \(literal(field, place))"
      let group = parts.count > 1 ? String(parts[0]) : ""
      if let index = groups.firstIndex(where: { $0.name == group }) {
        groups[index].members.append(member)
      } else {
        groups.append((group, [member]))
      }
    }
    let members = groups.map { group in
      group.name.isEmpty
        ? group.members.joined(separator: ",\n") : "\"\(group.name)\": {\n\(group.members.joined(separator: ",\n"))\n}"
    }
    return try Sample.document("{ \(head),\n" + members.joined(separator: ",\n") + "}")
  }

  /// Writes, reads and checks every field of a sort of profile.
  static func check<Profile: FieldDescribed>(
    _: Profile.Type, head: String, mayLeaveOut: (ProfileField<Profile>) -> Bool,
    read: (JSONDocument) throws(JSONFault) -> Profile
  ) throws {
    let fields = Profile.fields
    #expect(Set(fields.map(\.path)).count == fields.count, "a path for each number")
    for field in fields {
      #expect(!field.meaning.isEmpty)
      #expect(!field.range.contains(1e300), "\(field.path) has an upper limit")
      #expect(!field.range.contains(-1), "\(field.path) has a lower limit")
    }

    let profile = try read(document(head, fields) { "\(value($0.range, $1))" })
    for (place, field) in fields.enumerated() {
      #expect(field.value(in: profile) == value(field.range, place), "\(field.path) is read")
    }

    for field in fields {
      var changed = profile
      let new = value(field.range, 100)
      field.set(new, in: &changed)
      #expect(field.value(in: changed) == new, "\(field.path) is written")
      for other in fields where other.path != field.path {
        #expect(other.value(in: changed) == other.value(in: profile), "\(other.path) is left alone")
      }
    }

    for field in fields {
      let path = "/" + String(field.path.map { $0 == "." ? "/" : $0 })
      for text in refused(field.range) {
        let wrong = try document(head, fields) { $0.path == field.path ? text : "\(value($0.range, $1))" }
        let fault = #expect(throws: JSONFault.self, "\(field.path) refuses \(text)") { try read(wrong) }
        #expect(fault?.path == path)
        if case .outOfRange? = fault?.fact {} else { Issue.record("\(field.path): \(String(describing: fault))") }
      }
      let without = try document(head, fields, without: field.path) { "\(value($0.range, $1))" }
      if mayLeaveOut(field) {
        #expect(throws: Never.self, "\(field.path) may be left out") { try read(without) }
      } else {
        let fault = #expect(throws: JSONFault.self, "\(field.path) is needed") { try read(without) }
        // The number, or its group where it was the only member.
        let needed = field.path.split(separator: ".").map { "needs \"\($0)\"" }
        let message = fault?.description ?? ""
        #expect(needed.contains { message.contains($0) } && !message.contains("misspelling"), "\(message)")
      }
    }
  }

  @Test func `of an accelerator is read, written and checked`() throws {
    let families = try Sample.families()
    try Self.check(
      AcceleratorProfile.self,
      head:
        #""schema": "accelerator/1", "name": "a", "architecture": "Plain", "sources": { "price": { "kind": "assumed", "#
        + #""from": "a test", "date": "2026-01" } }"#,
      mayLeaveOut: { !$0.isRequired || $0.isShared },
      read: { document throws(JSONFault) in try ProfileReader.accelerator(from: document, families: families) })
  }

  @Test func `of an architecture is read, written and checked`() throws {
    try Self.check(
      ArchitectureProfile.self, head: #""schema": "architecture/1", "name": "A""#,
      // Constants that make one equation together are there together, as here all are.
      mayLeaveOut: { field in
        !field.isRequired && !DeviceEfficiency.companions.joined().contains { field.path == "efficiency." + $0 }
      },
      read: { document throws(JSONFault) in try ProfileReader.architecture(from: document) })
  }

  @Test func `of a host is read, written and checked`() throws {
    try Self.check(
      HostProfile.self, head: #""schema": "host/1", "name": "h""#,
      mayLeaveOut: { !$0.isRequired },
      read: { document throws(JSONFault) in try ProfileReader.host(from: document) })
  }

  @Test func `of a framework is read, written and checked`() throws {
    try Self.check(
      FrameworkProfile.self, head: #""schema": "framework/1", "name": "f", "mode": "eager""#,
      mayLeaveOut: { !$0.isRequired },
      read: { document throws(JSONFault) in try ProfileReader.framework(from: document) })
  }

  /// A kind that is added breaks no framework's file: what a file leaves out costs what its parent does.
  @Test func `of a kind of operator is its parent's where a file leaves it out`() throws {
    let text = """
      { "schema": "framework/1", "name": "f", "mode": "eager", "kernel_us": 1, "pass_us": 0,
        "dispatch_us": { "other": 9, "matmul": 5, "pointwise": 3, "reduction": 4 },
        "sources": { "dispatch_us": { "kind": "assumed", "from": "a test" } } }
      """
    var profile = try ProfileReader.framework(from: Sample.document(text))
    for (kind, microseconds) in [
      (.other, 9), (.convolution, 9), (.depthwiseConvolution, 9), (.synchronization, 9), (.matmul, 5), (.linear, 5),
      (.attention, 5), (.pointwise, 3), (.view, 3), (.fused, 3), (.embedding, 3), (.concatenate, 3), (.reduction, 4),
      (.softmax, 4), (.layerNorm, 4), (.batchNorm, 4), (.pooling, 4),
    ] as [(OperatorKind, Double)] {
      #expect(profile.dispatchUS[kind] == microseconds, "\(kind)")
    }
    profile.dispatchUS[.matmul] = 7
    #expect(profile.dispatchUS[.linear] == 7, "as long as it has none of its own")
    profile.dispatchUS[.linear] = 2
    profile.dispatchUS[.matmul] = 8
    #expect(profile.dispatchUS[.linear] == 2)
    for kind in OperatorKind.allCases {
      #expect(sequence(first: kind, next: \.parent).contains(.other), "\(kind) has a last resort")
    }
  }

  @Test func `and its other members have their defaults`() throws {
    let host = try Sample.host()
    #expect(host.title == "sample-host", "the name stands in for a title")
    #expect(host.threads == 1, "one thread unless the file says more")
    #expect(host.aliases.isEmpty)
    let accelerator = try Sample.accelerator()
    #expect(!accelerator.isFlagship && !accelerator.isAnnounced)
    #expect(accelerator.memory.l2BandwidthGBPerS == nil)
    #expect(accelerator.peakTFLOPS[.fp64] == nil)
    #expect(accelerator.released == "2017-06" && accelerator.vendor == "Sample" && accelerator.aliases == ["sg"])
  }

  @Test func `an accelerator's efficiency overrides its architecture's one by one`() throws {
    let accelerator = try Sample.accelerator()
    #expect(accelerator.efficiency.matrixMemory == 0.7, "the profile's own")
    #expect(accelerator.efficiency.vector == 0.8, "the architecture's")
    #expect(accelerator.efficiency.kernelFixedUS == 2, "the architecture's")
  }

  @Test func `a framework's rules for an architecture replace its general ones`() throws {
    let framework = try ProfileReader.framework(from: Sample.document(Sample.frameworkText))
    #expect(framework.fusionRules(on: "Plain") == [.softmax])
    #expect(framework.fusionRules(on: "Matrix") == [.pointwise, .epilogue])
    #expect(framework.tf32Kinds == [.convolution])
  }
}
