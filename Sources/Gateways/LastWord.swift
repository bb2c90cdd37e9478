/// Asked at the last moment before a call goes out, when only its body is still to be written: whether this process may
/// make it.
///
/// Between the decision to call and the call lie a look-up, a recipient to be asked for and a connection to be made; a
/// process may be stopped anywhere there and go on when another has made the call. Who is asked without a body does
/// nothing.
enum LastWord {
    /// `nil` where nobody else can have taken over.
    @TaskLocal static var mayCall: (@Sendable () -> Bool)?
}

/// A call that was begun, and whose body was never written.
struct NotOursAnyMore: Error {}
