// A program that imports FrameworkTax has every library of the package that is for others, and the shipped catalog.

@_exported import Catalog
@_exported import EventEngine
@_exported import JSONText
@_exported import Kernels
@_exported import Profiles
@_exported import Replay
@_exported import Roofline
@_exported import Simulation
@_exported import Studies
@_exported import Traces
@_exported import Workloads
