/// Calls that make a run impossible to repeat, end the process, or write where nobody asked.
struct BannedCalls {
    private struct Ban {
        let pattern: Pattern
        /// The only files that may, each with its reason.
        let except: [String: String]
    }

    private let bans: [Ban]

    init() throws {
        bans = [
            Ban(
                pattern: try Pattern(#"\bDate\(\)|\bDate\.now\b|\bNSDate\(\)"#, "the time comes from a clock"),
                except: [:]),
            Ban(
                pattern: try Pattern(#"\bclock_gettime\("#, "the time comes from a clock"),
                except: [
                    "Sources/doorstep/System/SystemClock.swift": "the machine's clock behind the port",
                    "Sources/doorstep/Bench/CPUTime.swift": "how long the processor worked, not what time it is",
                    "Sources/Runtime/Signal.swift": "a deadline for a condition variable, which knows no other clock",
                ]),
            Ban(
                pattern: try Pattern(
                    #"\.random\(in:(?![^\n]*\busing:)[^\n]*|\bBool\.random\(\)|\.(?:randomElement|shuffled?)\(\)"#,
                    "chance comes from a generator that is handed in"),
                except: [:]),
            Ban(
                pattern: try Pattern(#"\bSystemRandomNumberGenerator\b"#, "secrets come from SecureRandom"),
                except: [:]),
            Ban(
                pattern: try Pattern(#"\bUUID\(\)"#, "ids come from Kernel, with entropy that is handed in"),
                except: [
                    "Sources/doorstep/System/TemporaryFolder.swift": "the name of a temporary folder",
                    "Sources/Gateways/MailWriter.swift": "the name of a temporary file",
                ]),
            Ban(pattern: try Pattern(#"\btry!"#, "an error is handled or passed on"), except: [:]),
            Ban(pattern: try Pattern(#"\bfatalError\("#, "a bug is a precondition with both values"), except: [:]),
            Ban(
                pattern: try Pattern(
                    #"(?<![.\w])(?:debugPrint|print|dump)\("#, "only the command's terminal is written to"),
                except: [:]),
            Ban(
                pattern: try Pattern(
                    #"\bThread\.sleep\b|\b(?:u|nano)sleep\(|(?<![.\w]|case )sleep\("#,
                    "wait for a condition, with a deadline"),
                except: [:]),
        ]
    }

    func offences(in file: TextFile) -> [Offence] {
        bans.flatMap { ban in
            ban.except[file.path] == nil ? ban.pattern.offences(in: file.code, of: file.path) : []
        }
    }

    /// Files that may, and no longer do: the list shrinks with the code.
    func needlessExceptions(_ file: (String) -> TextFile?) -> [String] {
        bans.flatMap { ban in
            ban.except.keys.filter { path in
                file(path).map { ban.pattern.matches(in: $0.code).isEmpty } ?? true
            }
        }
    }
}
