/// The script of a report: choices, values under the pointer, and the timeline's zoom.
///
/// It is `page.js`, which the compiler puts into the program. The only markup that it puts in is that of the page's own figures.
enum PageScript {
  static let text = String(decoding: PackageResources.page_js.dropLast(), as: UTF8.self)
}
