#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// In which wall-clock time a cron expression is read (`CronTimeZone`): the seconds east of UTC at an instant.
package struct CronZone: Sendable {
    /// From seconds since 1970 UTC to seconds to add for local time.
    let offset: @Sendable (Int) -> Int

    package init(offset: @escaping @Sendable (Int) -> Int) {
        self.offset = offset
    }

    package static let utc = CronZone { _ in 0 }

    /// The zone of this machine (`ServerTime`): the `TZ` variable or `/etc/localtime`.
    package static let local = CronZone { instant in
        var time = time_t(instant)
        var parts = tm()
        guard localtime_r(&time, &parts) != nil else { return 0 }
        return parts.tm_gmtoff
    }
}
