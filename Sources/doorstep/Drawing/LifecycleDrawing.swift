import BPMN
import Kernel

/// The order process as its BPMN file draws it.
enum LifecycleDrawing {
    /// - Throws: `file_missing`; `process_unusable` when the file is no model or has no diagram.
    static func svg() throws(Fault) -> String {
        let bytes = try ProcessFile.bytes()
        let model: ProcessModel
        do {
            model = try ProcessModel(xml: bytes)
        } catch {
            throw Fault("process_unusable", retryable: false, "\(ProcessFile.path): \(error)")
        }
        guard let drawing = DiagramDrawing.svg(of: model, title: "The order process") else {
            throw Fault("process_unusable", retryable: false, "\(ProcessFile.path) has no diagram")
        }
        // A file has no page around it to choose colors: it brings paper and ink.
        let colors = "background:\(Palette.paper);--bpmn-fill:\(Palette.paper);--bpmn-ink:\(Palette.ink)"
        return "<svg style=\"\(colors)\"" + drawing.dropFirst("<svg".count) + "\n"
    }
}
