import JSONText

extension ProfilerReader {
  /// Reads the list of devices; what is no list, or says nothing known, describes none.
  mutating func readDevices() throws(TraceFault) -> [RecordedDevice] {
    try window.reading { parser throws(JSONFault) in try RecordedDevice.list(&parser) }
  }
}

extension RecordedDevice {
  /// Reads a list of devices.
  static func list(_ parser: inout JSONPullParser) throws(JSONFault) -> [RecordedDevice] {
    var devices: [RecordedDevice] = []
    let outside = parser.depth
    var token = try parser.next()
    var member: String?
    while parser.depth > outside {
      token = try parser.next()
      let isInDevice = parser.depth == outside + 2
      switch token {
      case .beginObject where isInDevice && devices.count < TraceLimits.devices: devices.append(RecordedDevice())
      case .key(let range): member = isInDevice ? parser.text(of: range) : nil
      case .string(let range) where isInDevice && !devices.isEmpty && member == "name":
        devices[devices.count - 1].name = parser.text(of: range)
      case .number(let range) where isInDevice && !devices.isEmpty:
        devices[devices.count - 1].set(member ?? "", try parser.double(of: range))
      default: break
      }
    }
    return devices
  }

  /// Takes over a number that the profiler gives for the device.
  fileprivate mutating func set(_ key: String, _ value: Double) {
    let integer = Int64(max(0, min(value.rounded(), 0x1p53)))
    switch key {
    case "id": id = integer
    case "totalGlobalMem": memoryBytes = max(0, value)
    case "numSms": computeUnits = integer
    case "computeMajor": computeMajor = integer
    case "computeMinor": computeMinor = integer
    default: break
    }
  }
}
