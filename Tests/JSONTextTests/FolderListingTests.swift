import JSONText
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("A folder of files") struct FolderListingTests {
  @Test func `has regular files and links to them, and says what it leaves out`() throws {
    var directory = TemporaryDirectory()
    let path = directory.path
    directory.write([], to: "b.json")
    directory.write([], to: ".hidden.json")
    directory.write([], to: "c.txt")
    symlink("b.json", path + "/a.json")
    symlink("nothing", path + "/dangling.json")
    mkdir(path + "/folder.json", 0o777)
    mkfifo(path + "/pipe.json", 0o666)
    defer {
      for name in ["a.json", "dangling.json", "pipe.json"] { unlink(path + "/" + name) }
      rmdir(path + "/folder.json")
    }
    let listing = try FolderListing(of: path, suffix: ".json")
    #expect(listing.files == ["a.json", "b.json"])
    #expect(
      listing.skipped.map(\.description) == [
        "\(path)/.hidden.json: warning: is hidden, since its name begins with a dot; it is left out",
        "\(path)/dangling.json: warning: is a link to a file that is not there; it is left out",
        "\(path)/folder.json: warning: is a folder, not a file; it is left out",
        "\(path)/pipe.json: warning: is a pipe, a device or a socket, not a file; it is left out",
      ])
  }
}
