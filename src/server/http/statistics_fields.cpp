#include "server/http/statistics_fields.hpp"

#include <array>

namespace quartz::server {
namespace {

constexpr auto kStatisticsFields = std::to_array<StatisticsField<Statistics>>({
    {"puts", FigureKind::counter, "Keys put.",
     [](const Statistics& from) { return std::uint64_t{from.puts}; }},
    {"removes", FigureKind::counter, "Keys removed.",
     [](const Statistics& from) { return std::uint64_t{from.removes}; }},
    {"range_removes", FigureKind::counter, "Ranges removed.",
     [](const Statistics& from) { return std::uint64_t{from.range_removes}; }},
    {"batches", FigureKind::counter, "Records written, single operations included.",
     [](const Statistics& from) { return std::uint64_t{from.batches}; }},
    {"gets", FigureKind::counter, "Keys looked up.",
     [](const Statistics& from) { return std::uint64_t{from.gets}; }},
    {"gets_from_cache", FigureKind::counter, "Lookups answered by the row cache.",
     [](const Statistics& from) { return std::uint64_t{from.gets_from_cache}; }},
    {"gets_from_memtable", FigureKind::counter, "Lookups answered by memtables.",
     [](const Statistics& from) { return std::uint64_t{from.gets_from_memtable}; }},
    {"gets_from_levels", FigureKind::counter, "Lookups answered by the levels.",
     [](const Statistics& from) { return std::uint64_t{from.gets_from_levels}; }},
    {"gets_absent", FigureKind::counter, "Lookups of keys that do not exist.",
     [](const Statistics& from) { return std::uint64_t{from.gets_absent}; }},
    {"scans", FigureKind::counter, "Cursors and scans made.",
     [](const Statistics& from) { return std::uint64_t{from.scans}; }},
    {"read_errors", FigureKind::counter, "Reads that failed.",
     [](const Statistics& from) { return std::uint64_t{from.read_errors}; }},
    {"user_bytes_written", FigureKind::counter, "Bytes of keys and values written.",
     [](const Statistics& from) { return std::uint64_t{from.user_bytes_written}; }},
    {"visible_sequence", FigureKind::gauge, "Sequence of the newest acknowledged write.",
     [](const Statistics& from) { return std::uint64_t{from.visible_sequence}; }},
    {"applied_sequence", FigureKind::gauge, "Sequence of the newest write in the levels.",
     [](const Statistics& from) { return std::uint64_t{from.applied_sequence}; }},
    {"snapshots_open", FigureKind::gauge, "Snapshots held.",
     [](const Statistics& from) { return std::uint64_t{from.snapshots_open}; }},
    {"cursors_open", FigureKind::gauge, "Cursors held.",
     [](const Statistics& from) { return std::uint64_t{from.cursors_open}; }},
    {"writes_stopped", FigureKind::gauge, "1 after an I/O failure that stopped all writing.",
     [](const Statistics& from) { return std::uint64_t{from.writes_stopped}; }},
    {"low_space", FigureKind::gauge, "1 while puts are refused for lack of space.",
     [](const Statistics& from) { return std::uint64_t{from.low_space}; }},
    {"log_bytes_written", FigureKind::counter, "Bytes written to the log.",
     [](const Statistics& from) { return std::uint64_t{from.log_bytes_written}; }},
    {"log_segments", FigureKind::gauge, "Log files that hold records.",
     [](const Statistics& from) { return std::uint64_t{from.log_segments}; }},
    {"log_segments_recycled", FigureKind::counter, "Log files used again.",
     [](const Statistics& from) { return std::uint64_t{from.log_segments_recycled}; }},
    {"log_segments_waited", FigureKind::counter, "Times a writer found no prepared log file.",
     [](const Statistics& from) { return std::uint64_t{from.log_segments_waited}; }},
    {"log_syncs", FigureKind::counter, "Syncs of the log.",
     [](const Statistics& from) { return std::uint64_t{from.log_syncs}; }},
    {"log_synced_writes", FigureKind::counter, "Writes acknowledged by syncs.",
     [](const Statistics& from) { return std::uint64_t{from.log_synced_writes}; }},
    {"memtables", FigureKind::gauge, "Memtables.",
     [](const Statistics& from) { return std::uint64_t{from.memtables}; }},
    {"memtables_waiting", FigureKind::gauge, "Memtables that wait for their flush.",
     [](const Statistics& from) { return std::uint64_t{from.memtables_waiting}; }},
    {"memtables_warm", FigureKind::gauge, "Flushed memtables kept for reading.",
     [](const Statistics& from) { return std::uint64_t{from.memtables_warm}; }},
    {"memtable_bytes", FigureKind::gauge, "Bytes of memtables and their log files.",
     [](const Statistics& from) { return std::uint64_t{from.memtable_bytes}; }},
    {"memtable_entries", FigureKind::gauge, "Entries of memtables.",
     [](const Statistics& from) { return std::uint64_t{from.memtable_entries}; }},
    {"cache_rows", FigureKind::gauge, "Rows in the row cache.",
     [](const Statistics& from) { return std::uint64_t{from.cache_rows}; }},
    {"cache_bytes", FigureKind::gauge, "Bytes of the row cache.",
     [](const Statistics& from) { return std::uint64_t{from.cache_bytes}; }},
    {"cache_evictions", FigureKind::counter, "Rows that left the row cache for others.",
     [](const Statistics& from) { return std::uint64_t{from.cache_evictions}; }},
    {"flushes", FigureKind::counter, "Memtables flushed.",
     [](const Statistics& from) { return std::uint64_t{from.flushes}; }},
    {"flush_bytes", FigureKind::counter, "Bytes flushed.",
     [](const Statistics& from) { return std::uint64_t{from.flush_bytes}; }},
    {"flush_failures", FigureKind::counter, "Flushes that failed.",
     [](const Statistics& from) { return std::uint64_t{from.flush_failures}; }},
    {"compactions", FigureKind::counter, "Compactions.",
     [](const Statistics& from) { return std::uint64_t{from.compactions}; }},
    {"compaction_bytes_read", FigureKind::counter, "Bytes read by compactions.",
     [](const Statistics& from) { return std::uint64_t{from.compaction_bytes_read}; }},
    {"compaction_bytes_written", FigureKind::counter, "Bytes written by compactions.",
     [](const Statistics& from) { return std::uint64_t{from.compaction_bytes_written}; }},
    {"pending_compaction_bytes", FigureKind::gauge, "Bytes that compaction has yet to move.",
     [](const Statistics& from) { return std::uint64_t{from.pending_compaction_bytes}; }},
    {"level0_files_max", FigureKind::gauge, "Files in level 0 of the keyspace that has most.",
     [](const Statistics& from) { return std::uint64_t{from.level0_files_max}; }},
    {"writes_delayed", FigureKind::counter, "Writes slowed down by back-pressure.",
     [](const Statistics& from) { return std::uint64_t{from.writes_delayed}; }},
    {"write_delay_ns", FigureKind::counter, "Nanoseconds of all those delays.",
     [](const Statistics& from) { return std::uint64_t{from.write_delay_ns}; }},
    {"block_cache_bytes", FigureKind::gauge, "Bytes of cached blocks.",
     [](const Statistics& from) { return std::uint64_t{from.block_cache_bytes}; }},
});

constexpr auto kLatencyFields = std::to_array<LatencyField>({
    {"write", "Writes, sampled.",
     [](const Statistics& from) -> const LatencySummary& { return from.write_latency; }},
    {"get", "Lookups, sampled.",
     [](const Statistics& from) -> const LatencySummary& { return from.get_latency; }},
    {"level_get", "Lookups in the levels.",
     [](const Statistics& from) -> const LatencySummary& { return from.level_get_latency; }},
    {"sync", "Syncs of the log.",
     [](const Statistics& from) -> const LatencySummary& { return from.sync_latency; }},
    {"flush", "Flushes.",
     [](const Statistics& from) -> const LatencySummary& { return from.flush_latency; }},
    {"compaction", "Compactions.",
     [](const Statistics& from) -> const LatencySummary& { return from.compaction_latency; }},
    {"write_delay", "Delays of writes.",
     [](const Statistics& from) -> const LatencySummary& { return from.write_delay_latency; }},
});

constexpr auto kServerStatisticsFields = std::to_array<StatisticsField<ServerStatistics>>({
    {"connections_open", FigureKind::gauge, "Connections.",
     [](const ServerStatistics& from) { return std::uint64_t{from.connections_open}; }},
    {"connections_accepted", FigureKind::counter, "Connections accepted.",
     [](const ServerStatistics& from) { return std::uint64_t{from.connections_accepted}; }},
    {"connections_refused", FigureKind::counter, "Connections beyond connections_max.",
     [](const ServerStatistics& from) { return std::uint64_t{from.connections_refused}; }},
    {"tls_handshakes_failed", FigureKind::counter, "Handshakes that failed or took too long.",
     [](const ServerStatistics& from) { return std::uint64_t{from.tls_handshakes_failed}; }},
    {"deadlines_missed", FigureKind::counter, "Connections whose peer was too slow.",
     [](const ServerStatistics& from) { return std::uint64_t{from.deadlines_missed}; }},
    {"buffered_bytes", FigureKind::gauge, "Bytes of unfinished requests and untaken answers.",
     [](const ServerStatistics& from) { return std::uint64_t{from.buffered_bytes}; }},
    {"http_request_bytes", FigureKind::counter, "Bytes of request bodies.",
     [](const ServerStatistics& from) { return std::uint64_t{from.http_request_bytes}; }},
    {"http_response_bytes", FigureKind::counter, "Bytes of response bodies as sent.",
     [](const ServerStatistics& from) { return std::uint64_t{from.http_response_bytes}; }},
});

constexpr auto kProtocolFields = std::to_array<StatisticsField<ProtocolStatistics>>({
    {"connections_open", FigureKind::gauge, "Connections of a protocol.",
     [](const ProtocolStatistics& from) { return from.connections_open; }},
    {"connections_accepted", FigureKind::counter, "Connections of a protocol accepted.",
     [](const ProtocolStatistics& from) { return from.connections_accepted; }},
    {"connections_refused", FigureKind::counter,
     "Connections of a protocol beyond connections_max.",
     [](const ProtocolStatistics& from) { return from.connections_refused; }},
    {"received_bytes", FigureKind::counter, "Bytes of a protocol received.",
     [](const ProtocolStatistics& from) { return from.received_bytes; }},
    {"sent_bytes", FigureKind::counter, "Bytes of a protocol sent.",
     [](const ProtocolStatistics& from) { return from.sent_bytes; }},
});

constexpr auto kProtocols = std::to_array<ProtocolField>({
    {"http", [](const ServerStatistics& from) -> const ProtocolStatistics& { return from.http; }},
    {"resp", [](const ServerStatistics& from) -> const ProtocolStatistics& { return from.resp; }},
});

}  // namespace

std::span<const StatisticsField<Statistics>> statistics_fields() noexcept {
  return kStatisticsFields;
}

std::span<const LatencyField> latency_fields() noexcept { return kLatencyFields; }

std::span<const StatisticsField<ServerStatistics>> server_statistics_fields() noexcept {
  return kServerStatisticsFields;
}

std::span<const StatisticsField<ProtocolStatistics>> protocol_statistics_fields() noexcept {
  return kProtocolFields;
}

std::span<const ProtocolField> protocols() noexcept { return kProtocols; }

}  // namespace quartz::server
