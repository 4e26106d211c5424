// The style of pictures: one embedded style sheet for light and dark screens and for paper.

/// The classes of the elements of pictures.
package enum ChartStyle {
  /// The style sheet. Curves that are compared differ in lightness too, for readers who do not see
  /// all colours.
  package static let sheet = """
    <style>
    svg{color:#1c2128;font:12px system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
    text{fill:currentColor}
    .page{fill:#fff}
    .title{font-size:19px;font-weight:600}
    .heading{font-size:13px;font-weight:600}
    .faint{opacity:.7}
    .grid,.axis,.run{stroke:currentColor;stroke-opacity:.13;fill:none;shape-rendering:crispEdges}
    .axis{stroke-opacity:.5}
    .run{stroke-opacity:.4;stroke-dasharray:4 4}
    .gap{fill:currentColor;fill-opacity:.12}
    .curve,.told,.other{fill:none;stroke-width:1.6;stroke-linejoin:round}
    .told{stroke:#e0570c}
    .other{stroke:#5b21b6}
    .counted{fill:none;stroke:#5b21b6;stroke-dasharray:2 3}
    .true{fill:#4d8fdb;fill-opacity:.3;stroke:#4d8fdb}
    .c0{stroke:#2f6fc4}.c1{stroke:#e07b1a}.c2{stroke:#2e9448}.c3{stroke:#c93a3e}.c4{stroke:#8659b8}
    .c5{stroke:#8c564b}.c6{stroke:#d965ad}.c7{stroke:#8f9416}.c8{stroke:#12a3b4}.c9{stroke:#c9a200}
    .rest{stroke:#8b949e}
    @media(prefers-color-scheme:dark){
    svg{color:#e6e9ee}.page{fill:#14171c}
    .told{stroke:#ff8f4d}.other,.counted{stroke:#d9ccff}
    .c0{stroke:#6aa5f0}.c2{stroke:#5cc475}.c3{stroke:#f2777a}.c4{stroke:#b48ee0}.c5{stroke:#c08a7e}
    }
    </style>

    """

  /// The class of the curve of a namespace, by its place.
  package static func curve(_ place: Int) -> String {
    "curve c\(place % 10)"
  }
}
