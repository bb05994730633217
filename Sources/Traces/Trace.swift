/// What sort of thing the host did.
package enum HostEventKind: UInt8, Sendable {
  /// An operator of the framework: `aten::linear`.
  case frameworkOperator
  /// A call of the accelerator's runtime or driver: `cudaLaunchKernel`.
  case call
}

/// Something that took time on the host.
package struct HostEvent: Sendable, Equatable {
  /// What sort of thing it was.
  package var kind: HostEventKind
  /// The thread, an index into ``Trace/threads``.
  package var thread: Int32
  /// Its name, an index into ``Trace/names``.
  package var name: Int32
  /// What an operator was given: ``Trace/inputs(of:)`` reads it.
  package var inputs = InputTexts()
  /// Nanoseconds from the recording's own zero.
  package var start: Int64
  /// Nanoseconds.
  package var duration: Int64
  /// Connects a call with what it launched; -1 for none.
  package var correlation: Int64 = -1
  /// Connects an operator with what it launched; -1 for none.
  package var external: Int64 = -1
  /// Connects an operator with that of the backward pass that autograd runs for it; -1 for none.
  package var autogradNumber: Int64 = -1

  /// When it ended.
  package var end: Int64 { start + duration }
}

/// What sort of work the device did.
package enum DeviceEventKind: UInt8, Sendable {
  /// A kernel.
  case kernel
  /// A copy.
  case copy
  /// Setting memory to a value.
  case set
}

/// Something that took time on a device.
package struct DeviceEvent: Sendable, Equatable {
  /// What sort of work it was.
  package var kind: DeviceEventKind
  /// The stream of a device, an index into ``Trace/streams``.
  package var stream: Int32
  /// Its name, an index into ``Trace/names``.
  package var name: Int32
  /// What was recorded of its collective, an index into ``Trace/collectives``; -1 for nothing.
  package var collective: Int32 = -1
  /// Nanoseconds from the recording's own zero.
  package var start: Int64
  /// Nanoseconds.
  package var duration: Int64
  /// Connects it with the call that launched it; -1 for none.
  package var correlation: Int64 = -1
  /// Connects it with the operator that launched it; -1 for none.
  package var external: Int64 = -1
  /// Bytes that were copied or set; -1 where none were recorded.
  package var bytes: Int64 = -1

  /// When it ended.
  package var end: Int64 { start + duration }
}

/// A range of time that the program named: a step of the profiler, or a `record_function`.
package struct Annotation: Sendable, Equatable {
  /// The name, an index into ``Trace/names``.
  package var name: Int32
  /// The thread, an index into ``Trace/threads``.
  package var thread: Int32
  /// Nanoseconds from the recording's own zero.
  package var start: Int64
  /// Nanoseconds.
  package var duration: Int64
  /// The number of a `ProfilerStep#N`; nil for other annotations.
  package var step: Int64?

  /// When it ended.
  package var end: Int64 { start + duration }
}

/// A wait between streams, or of the host for one, with its partners: recorded where the profiler is asked to.
package struct RecordedWait: Sendable, Equatable {
  /// The correlation of the call that waits.
  package var correlation: Int64
  /// The stream that waits, an index into ``Trace/streams``; -1 for the host.
  package var stream: Int32
  /// The correlation of the `cudaEventRecord` whose event is waited for; -1 where it is not known.
  package var recordCorrelation: Int64
  /// The stream that is waited for, an index into ``Trace/streams``; -1 where it is not known.
  package var waitsForStream: Int32
}

/// A device as the profiler describes it.
package struct RecordedDevice: Sendable, Equatable {
  /// Its number in the recording.
  package var id: Int64 = 0
  /// The vendor's name for it, which may be empty.
  package var name = ""
  /// Bytes of memory; 0 where not recorded.
  package var memoryBytes: Double = 0
  /// Streaming multiprocessors or compute units; 0 where not recorded.
  package var computeUnits: Int64 = 0
  /// The compute capability's first number; for AMD 9 is GCN and CDNA.
  package var computeMajor: Int64 = 0
  /// The compute capability's second number.
  package var computeMinor: Int64 = 0
}

/// A thread of the host.
package struct RecordedThread: Sendable, Hashable {
  /// The process as written in the recording.
  package let process: String
  /// The thread as written in the recording.
  package let thread: String
}

/// A stream of a device.
package struct RecordedStream: Sendable, Hashable {
  /// The device as written in the recording.
  package let device: String
  /// The stream as written in the recording.
  package let stream: String
}

/// Where a recording breaks off.
package struct Truncation: Sendable, Equatable {
  /// The line, counted from 1.
  package var line: Int
  /// How many bytes there are.
  package var byteOffset: Int
}

/// A recording of `torch.profiler`: what the host and the devices did, and when.
public struct Trace: Sendable {
  /// What it is called in messages: the file's path.
  public var file = ""
  /// Texts, each once: names of operators, calls and kernels, shapes.
  package var names: [String] = []
  /// Threads of the host that did something.
  package var threads: [RecordedThread] = []
  /// Streams of the devices that did something.
  package var streams: [RecordedStream] = []
  /// Operators and calls, in the order of the file.
  package var hostEvents: [HostEvent] = []
  /// Kernels, copies and sets, in the order of the file.
  package var deviceEvents: [DeviceEvent] = []
  /// What the program named, in the order of the file.
  package var annotations: [Annotation] = []
  /// Waits with their partners, where they were recorded.
  package var waits: [RecordedWait] = []
  /// What was recorded of collectives.
  package var collectives: [RecordedCollective] = []
  /// By the number that connects an operator with what it launched, its place in ``collectives``.
  package var collectivesByOperator: [Int64: Int32] = [:]
  /// Which rank of its run the recording is of; nil where it does not say.
  package var rank: Int64?
  /// How many ranks the run had; nil where the recording does not say.
  package var rankCount: Int64?
  /// The devices that the profiler describes.
  package var devices: [RecordedDevice] = []
  /// Events of any sort in the file.
  package var eventCount = 0
  /// Events that should have been kept, but lack their time or name.
  package var incompleteCount = 0
  /// Events whose duration is negative, as of operators that had not ended when the recording did; they count as none long.
  package var unfinishedCount = 0
  /// Events that are left out because their time or duration is none that a profiler's clock can have counted, or far from
  /// all others.
  package var outOfRangeCount = 0
  /// What stood among the events and is no event that can be read, not JSON or with a time that is no number, is left out.
  package var malformedCount = 0
  /// Events that were not JSON, and could be mended.
  package var repairedCount = 0
  /// The line of the first that was left out or mended; nil where there is none.
  package var firstMalformedLine: Int?
  /// Kernels that are said to have run on after the next one of their stream had begun, and are taken to have ended then.
  package var overrunCount = 0
  /// Other files of the archive that the recording lies in, which are not read.
  package var unreadFiles: [String] = []
  /// Where the file breaks off, if it does.
  package var truncation: Truncation?
  /// Whether the file was gzipped, and its compressed data is damaged or cut off.
  package var isDamaged = false
  /// Whether the file was gzipped, and something that is not gzip follows the compressed data.
  package var hasTrailingBytes = false
  /// What the format does not record and the reader has put in its place.
  package var remarks: [TraceRemark] = []
  /// The zero of the times below, in nanoseconds of the recording's clock.
  package var origin: Int64 = 0

  /// A recording without events.
  public init() {}

  /// The numbers of the steps, in their order in time.
  package var steps: [Int64] {
    annotations.filter { $0.step != nil }.sorted { $0.start < $1.start }.compactMap(\.step)
  }

  /// The name of an event.
  package func name(_ index: Int32) -> String { index < 0 ? "" : names[Int(index)] }
}
