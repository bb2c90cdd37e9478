/// Asked at the last moment before a call goes out, when only its body is still to be written: whether this process may
/// make it.
///
/// Between the decision to call and the call lie a look-up, a recipient to be asked for and a connection to be made; a
/// process may be stopped anywhere there and go on when another has made the call. Who is asked without a body does
/// nothing.
final class LastWord: Sendable {
    /// Of the call that the current task makes; `nil` where nobody else can have taken over.
    ///
    /// An object and not the closure itself: a task-local value of a function's type crashes in optimized builds
    /// (Swift 6.3), where its metadata is null.
    @TaskLocal static var ofCall: LastWord?

    let mayCall: @Sendable () -> Bool

    init(mayCall: @escaping @Sendable () -> Bool) { self.mayCall = mayCall }
}

/// A call that was begun, and whose body was never written.
struct NotOursAnyMore: Error {}
