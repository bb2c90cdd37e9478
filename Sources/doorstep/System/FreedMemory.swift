import CMalloc

/// What the allocator does with memory that a batch gave back.
enum FreedMemory {
    /// Keeps up to 32 MB per thread's arena for the next batch instead of giving it to the system: else every batch
    /// takes the same pages from the system again, which costs as much as an eighth of all CPU.
    ///
    /// - Source: mallopt(3); a threshold that is set no longer grows by itself, hence the second one.
    static func keepForNextBatch() {
        mallopt(M_TRIM_THRESHOLD, 32 << 20)
        mallopt(M_MMAP_THRESHOLD, 4 << 20)
    }
}
