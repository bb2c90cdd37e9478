/// Colors and arrow heads, shared by all drawings.
enum DiagramStyle {
    static let css = """
        <style>\
        .bpmn{font-family:system-ui,sans-serif;color:var(--bpmn-ink,currentColor);max-width:100%;height:auto}\
        .bpmn .s{fill:var(--bpmn-fill,Canvas);stroke:currentColor;stroke-width:1.5}\
        .bpmn .t{stroke-width:3}.bpmn .d{stroke-dasharray:4 3}\
        .bpmn .l{fill:none;stroke:currentColor;stroke-width:1.5}\
        .bpmn .a{stroke-dasharray:1 4;stroke-linecap:round}\
        .bpmn .m{stroke-dasharray:7 5}\
        .bpmn .i{fill:none;stroke:currentColor;stroke-width:1.4;stroke-linejoin:round;stroke-linecap:round}\
        .bpmn .f{fill:currentColor;stroke:currentColor}\
        .bpmn .w{fill:var(--bpmn-fill,Canvas)}\
        .bpmn text{fill:currentColor;stroke:none}\
        .bpmn .bpmn-completed>.s{fill:var(--bpmn-completed,color-mix(in srgb,#2a9d5c 18%,Canvas))}\
        .bpmn .bpmn-sub-process.bpmn-completed>.s{fill:var(--bpmn-fill,Canvas)}\
        .bpmn .bpmn-token>.s{stroke:var(--bpmn-token,#d9480f);stroke-width:3.5}\
        .bpmn .bpmn-badge rect{fill:var(--bpmn-badge,#1864ab);stroke:none}\
        .bpmn .bpmn-badge text{fill:var(--bpmn-badge-ink,#fff);text-anchor:middle;font-size:15px;font-weight:700}\
        .bpmn .bpmn-lane .s,.bpmn .bpmn-pool .s{fill:none}\
        .bpmn .bpmn-annotation text,.bpmn .bpmn-flow text{opacity:.85}\
        </style>
        """

    static let markers = """
        <defs>\
        <marker id="bpmn-arrow" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="8" markerHeight="8" \
        orient="auto-start-reverse"><path d="M0 1 10 5 0 9z" fill="currentColor"/></marker>\
        <marker id="bpmn-open" viewBox="0 0 10 10" refX="9.5" refY="5" markerWidth="9" markerHeight="9" \
        orient="auto-start-reverse"><path d="M1 1 9 5 1 9" fill="none" stroke="currentColor"/></marker>\
        <marker id="bpmn-message" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" \
        orient="auto"><path class="w" d="M1 1 9 5 1 9z" stroke="currentColor"/></marker>\
        <marker id="bpmn-circle" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="8" markerHeight="8">\
        <circle class="w" cx="5" cy="5" r="3.5" stroke="currentColor"/></marker>\
        <marker id="bpmn-default" viewBox="0 0 10 10" refX="-4" refY="5" markerWidth="9" markerHeight="9" \
        orient="auto"><path d="M2 9 7 1" stroke="currentColor" stroke-width="1.5"/></marker>\
        </defs>
        """
}
