import Kernel
import Testing

/// The tools that hold answers against the document find what they should.
@Suite struct SchemaCheckTests {
    private let schema = """
        components:
          schemas:
            Thing:
              type: object
              required: ["id", "count"]
              properties:
                id: {"type": "string", "pattern": "^x_[0-9]+$"}
                count: {"type": "integer"}
                at: {"type": "string", "format": "date-time"}
                kind:
                  type: string
                  enum: ["a", "b"]
                parts: {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
        """

    @Test(arguments: [
        (#"{"id": "x_1", "count": 1}"#, 0),
        (#"{"id": "x_1", "count": 1, "at": "2026-11-24T08:00:00Z", "kind": "a", "parts": []}"#, 0),
        (#"{"id": "y_1", "count": 1}"#, 1),
        (#"{"id": "x_1"}"#, 1),
        (#"{"id": "x_1", "count": 1.5}"#, 1),
        (#"{"id": "x_1", "count": 1, "extra": 1}"#, 1),
        (#"{"id": "x_1", "count": 1, "at": "yesterday"}"#, 1),
        (#"{"id": "x_1", "count": 1, "kind": "c"}"#, 1),
        (#"{"id": "x_1", "count": 1, "parts": [{"id": "x_2"}, {"id": 3, "count": 1}]}"#, 2),
        ("[]", 1),
    ])
    func everyOffenceIsFound(_ text: String, _ count: Int) throws {
        let check = SchemaCheck(document: try YAMLReading.read(schema))
        let thing = try #require(check.document["components"]?["schemas"]?["Thing"])
        #expect(check.errors(try JSONValue(parsing: Array(text.utf8)), thing).count == count)
    }

    @Test func theYAMLOfTheDocumentIsRead() throws {
        let read = try YAMLReading.read(
            """
            # A comment.
            a: plain text, with a comma
            "200": {"x": [1, 2]}
            c:
              - d: "quoted: text"
                e: 5
              - {"f": true}
              - word
            """)
        let expected =
            #"{"a": "plain text, with a comma", "200": {"x": [1, 2]}, "#
            + #""c": [{"d": "quoted: text", "e": 5}, {"f": true}, "word"]}"#
        #expect(read == (try JSONValue(parsing: Array(expected.utf8))))
    }

    @Test func anUndocumentedAnswerIsFound() throws {
        let contract = try Contract()
        let answer = TestAnswer(status: 200, headers: [.contentType: "application/json"], bytes: Array("{}".utf8))
        #expect(contract.errors("GET", "/v1/stats", answer).count == 6)
        #expect(contract.errors("GET", "/livez", answer) == ["GET /livez 200 /status: is missing"])
        let teapot = TestAnswer(status: 418, headers: [:], bytes: [])
        #expect(contract.errors("GET", "/livez", teapot).count == 1)
    }
}
