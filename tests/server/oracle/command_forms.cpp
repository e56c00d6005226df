#include "server/oracle/command_forms.hpp"

#include <array>

namespace quartz::server {
namespace {

using enum Comparison;

constexpr std::array kStrings = {
    CommandForm{"SET <key> <value>", exact, 12},
    CommandForm{"SET <key> <value> [NX|XX|] [GET|] [<expiry>|KEEPTTL|]", exact, 6},
    CommandForm{"SETNX <key> <value>"},
    CommandForm{"SETEX <key> <far> <value>"},
    CommandForm{"PSETEX <key> <far_ms> <value>"},
    CommandForm{"GET <key>", exact, 6},
    CommandForm{"GETSET <key> <value>"},
    CommandForm{"GETDEL <key>"},
    CommandForm{"GETEX <key> [<expiry>|PERSIST|PXAT 1|EXAT 5|]", exact, 2},
    CommandForm{"MGET <keys>", exact, 2},
    CommandForm{"MSET <key_values>", exact, 2},
    CommandForm{"MSETNX <key_values>"},
    CommandForm{"APPEND <key> <value>", exact, 2},
    CommandForm{"STRLEN <key>"},
    CommandForm{"INCR <key>", exact, 2},
    CommandForm{"DECR <key>"},
    CommandForm{"INCRBY <key> <integer>", exact, 2},
    CommandForm{"DECRBY <key> <integer>"},
    CommandForm{"INCRBYFLOAT <key> <real>", exact, 3},
    CommandForm{"GETRANGE <key> <index> <index>", exact, 2},
    CommandForm{"SUBSTR <key> <index> <index>"},
    CommandForm{"SETRANGE <key> <index> <value>", exact, 2},
    CommandForm{"LCS <key> <key> [LEN|IDX|LEN IDX|]"},
    CommandForm{"LCS <key> <key> IDX [MINMATCHLEN <count>|] [WITHMATCHLEN|]"},
};

constexpr std::array kKeys = {
    CommandForm{"DEL <keys>", exact, 3},
    CommandForm{"UNLINK <keys>"},
    CommandForm{"EXISTS <keys>"},
    CommandForm{"TOUCH <keys>"},
    CommandForm{"TYPE <key>", exact, 2},
    CommandForm{"EXPIRE <key> <far>", exact, 2},
    CommandForm{"PEXPIRE <key> <far_ms>"},
    CommandForm{"EXPIREAT <key> <second> [NX|XX|GT|LT|XX GT|NX GT|GT LT|]", exact, 2},
    CommandForm{"PEXPIREAT <key> <millisecond> [NX|XX|GT|LT|XX LT|]", exact, 2},
    CommandForm{"EXPIRE <key> [0|-1|-9223372036854775808|9223372036854775807] [NX|XX|]"},
    CommandForm{"PEXPIREAT <key> [0|-1|1|-9223372036854775808]"},
    CommandForm{"PERSIST <key>"},
    CommandForm{"TTL <key>", about},
    CommandForm{"PTTL <key>", about},
    CommandForm{"EXPIRETIME <key>", about},
    CommandForm{"PEXPIRETIME <key>", about},
    CommandForm{"RENAME <key> <key>", exact, 2},
    CommandForm{"RENAMENX <key> <key>"},
    CommandForm{"COPY <key> <key> [DB <database>|] [REPLACE|]", exact, 2},
    CommandForm{"MOVE <key> <database>"},
    CommandForm{"SWAPDB <database> <database>"},
    CommandForm{"KEYS <glob>", unordered},
    CommandForm{"SCAN 0 COUNT 1000000 [MATCH <glob>|] [TYPE <type>|]", unordered, 2},
    CommandForm{"SCAN [0|x|-1|1 2|0 COUNT 0|0 COUNT x|0 MATCH|0 BOGUS 1] COUNT 1000000", unordered},
    CommandForm{"RANDOMKEY", kind},
    CommandForm{"DBSIZE"},
    CommandForm{"SELECT <database>"},
    CommandForm{"ECHO <value>"},
    CommandForm{"PING [<value>|]"},
    CommandForm{"FLUSHDB [SYNC|ASYNC|]", exact, 0},
    CommandForm{"FLUSHALL [BOGUS|ASYNC|]", exact, 0},
    CommandForm{"RESTORE <key> [0|0|<far_ms>|-1|x] <dump> [REPLACE|REPLACE IDLETIME <integer>|]"},
    CommandForm{"RESTORE <key> [<millisecond>|1] <dump> REPLACE ABSTTL [FREQ <integer>|]"},
    CommandForm{"SORT <key> [ALPHA|] [DESC|ASC|] [LIMIT <index> <index>|]", exact, 2},
    CommandForm{"SORT <key> [ALPHA|] [DESC|] [LIMIT <index> <index>|] [GET #|] STORE <key>"},
    CommandForm{"SORT <key> BY <pattern> [DESC|] [LIMIT <index> <index>|] [STORE <key>|]", exact,
                2},
    CommandForm{"SORT <key> [ALPHA|] GET # GET <told> [GET <told>|] [STORE <key>|]", exact, 2},
    CommandForm{"SORT <key> BY nosort STORE <key>"},
    // What is equal stays in no order that Redis defines, and a set has none of its own.
    CommandForm{"SORT <key> BY <pattern> ALPHA [DESC|]", unordered},
    CommandForm{"SORT <key> BY nosort [DESC|] [GET #|]", unordered},
    CommandForm{"SORT_RO <key> [ALPHA|] [DESC|] [LIMIT <index> <index>|] [STORE <key>|]"},
};

constexpr std::array kBitmaps = {
    CommandForm{"SET <key> <bytes>", exact, 3},
    CommandForm{"GET <key>", exact, 2},
    CommandForm{"DEL <key>"},
    CommandForm{"SETBIT <key> <bit> [0|1|1|1|2|x]", exact, 6},
    CommandForm{"GETBIT <key> <bit>", exact, 2},
    CommandForm{"BITCOUNT <key> [<place> <place>|<place> <place> [BIT|BYTE|x]|<place>|]", exact, 3},
    CommandForm{"BITPOS <key> [0|1|0|1|2] [<place>|<place> <place>|]", exact, 3},
    CommandForm{"BITPOS <key> [0|1|0|1|x] <place> <place> [BIT|BYTE|BIT|x]", exact, 3},
    CommandForm{"BITOP [AND|OR|XOR|x] <key> <keys>", exact, 3},
    CommandForm{"BITOP NOT <key> <key>"},
    CommandForm{"BITFIELD <key> <field_operations>", exact, 8},
    CommandForm{"BITFIELD_RO <key> GET <field> <field_offset>", exact, 2},
    CommandForm{"BITFIELD_RO <key> <field_operations>"},
};

constexpr std::array kTransactions = {
    CommandForm{"MULTI", exact, 3},        CommandForm{"EXEC", exact, 6}, CommandForm{"DISCARD"},
    CommandForm{"WATCH <keys>", exact, 2}, CommandForm{"UNWATCH"},
};

constexpr std::array kHashes = {
    CommandForm{"HSET <key> <field_values>", exact, 6},
    CommandForm{"HMSET <key> <field_values>"},
    CommandForm{"HSETNX <key> <member> <value>"},
    CommandForm{"HGET <key> <member>", exact, 2},
    CommandForm{"HMGET <key> <members>"},
    CommandForm{"HGETALL <key>", unordered_pairs, 2},
    CommandForm{"HDEL <key> <members>", exact, 3},
    CommandForm{"HEXISTS <key> <member>"},
    CommandForm{"HKEYS <key>", unordered},
    CommandForm{"HVALS <key>", unordered},
    CommandForm{"HLEN <key>"},
    CommandForm{"HSTRLEN <key> <member>"},
    CommandForm{"HINCRBY <key> <member> <integer>", exact, 2},
    CommandForm{"HINCRBYFLOAT <key> <member> <real>", exact, 2},
    CommandForm{"HRANDFIELD <key>", kind},
    CommandForm{"HRANDFIELD <key> [100000|0]", unordered},
    CommandForm{"HRANDFIELD <key> [100000|0] WITHVALUES", unordered_pairs},
    CommandForm{"HRANDFIELD <key> -3 [WITHVALUES|]", kind},
    CommandForm{"HSCAN <key> 0 COUNT 1000000 [MATCH <glob>|]", unordered_pairs},
};

constexpr std::array kLists = {
    CommandForm{"LPUSH <key> <members>", exact, 4},
    CommandForm{"RPUSH <key> <members>", exact, 4},
    CommandForm{"LPUSHX <key> <members>"},
    CommandForm{"RPUSHX <key> <members>"},
    CommandForm{"LPOP <key> [<count>|]", exact, 2},
    CommandForm{"RPOP <key> [<count>|]", exact, 2},
    CommandForm{"LLEN <key>"},
    CommandForm{"LRANGE <key> <index> <index>", exact, 3},
    CommandForm{"LINDEX <key> <index>"},
    CommandForm{"LSET <key> <index> <member>", exact, 2},
    CommandForm{"LINSERT <key> [BEFORE|AFTER] <member> <member>", exact, 2},
    CommandForm{"LREM <key> <index> <member>", exact, 2},
    CommandForm{"LTRIM <key> <index> <index>", exact, 2},
    CommandForm{"LPOS <key> <member> [RANK <index>|] [COUNT <count>|] [MAXLEN <count>|]", exact, 2},
    CommandForm{"LMOVE <key> <key> [LEFT|RIGHT] [LEFT|RIGHT]", exact, 2},
    CommandForm{"RPOPLPUSH <key> <key>", exact, 2},
    CommandForm{"LMPOP <numbered_keys> [LEFT|RIGHT] [COUNT <count>|]", exact, 2},
};

constexpr std::array kSets = {
    CommandForm{"SADD <key> <members>", exact, 8},
    CommandForm{"SREM <key> <members>", exact, 3},
    CommandForm{"SISMEMBER <key> <member>"},
    CommandForm{"SMISMEMBER <key> <members>"},
    CommandForm{"SMEMBERS <key>", unordered, 2},
    CommandForm{"SCARD <key>"},
    CommandForm{"SPOP <key> [100000|0]", unordered},
    CommandForm{"SRANDMEMBER <key>", kind},
    CommandForm{"SRANDMEMBER <key> [100000|0]", unordered},
    CommandForm{"SRANDMEMBER <key> -4", kind},
    CommandForm{"SMOVE <key> <key> <member>", exact, 2},
    CommandForm{"SINTER <keys>", unordered},
    CommandForm{"SINTERCARD <numbered_keys> [LIMIT <count>|]"},
    CommandForm{"SINTERSTORE <key> <keys>"},
    CommandForm{"SUNION <keys>", unordered},
    CommandForm{"SUNIONSTORE <key> <keys>"},
    CommandForm{"SDIFF <keys>", unordered},
    CommandForm{"SDIFFSTORE <key> <keys>"},
    CommandForm{"SSCAN <key> 0 COUNT 1000000 [MATCH <glob>|]", unordered},
};

constexpr std::array kSortedSets = {
    CommandForm{"ZADD <key> [NX|XX|] [GT|LT|] [CH|] <scored>", exact, 8},
    CommandForm{"ZADD <key> [NX|XX|] [GT|LT|] [CH|] INCR <score> <member>", exact, 2},
    CommandForm{"ZREM <key> <members>", exact, 3},
    CommandForm{"ZSCORE <key> <member>", exact, 2},
    CommandForm{"ZMSCORE <key> <members>"},
    CommandForm{"ZINCRBY <key> <score> <member>", exact, 2},
    CommandForm{"ZCARD <key>"},
    CommandForm{"ZCOUNT <key> <bound> <bound>"},
    CommandForm{"ZRANK <key> <member>"},
    CommandForm{"ZREVRANK <key> <member>"},
    CommandForm{"ZRANGE <key> <index> <index> [REV|] [WITHSCORES|]", exact, 3},
    CommandForm{
        "ZRANGE <key> <bound> <bound> BYSCORE [REV|] [LIMIT <index> <index>|] [WITHSCORES|]", exact,
        2},
    CommandForm{"ZRANGE <key> <index> <index> LIMIT 0 1"},
    CommandForm{"ZRANGESTORE <key> <key> <index> <index> [REV|]"},
    CommandForm{"ZRANGESTORE <key> <key> <bound> <bound> BYSCORE [REV|] [LIMIT <index> <index>|]"},
    CommandForm{"ZREVRANGE <key> <index> <index> [WITHSCORES|]"},
    CommandForm{"ZRANGEBYSCORE <key> <bound> <bound> [WITHSCORES|] [LIMIT <index> <index>|]"},
    CommandForm{"ZREVRANGEBYSCORE <key> <bound> <bound> [WITHSCORES|] [LIMIT <index> <index>|]"},
    CommandForm{"ZREMRANGEBYRANK <key> <index> <index>"},
    CommandForm{"ZREMRANGEBYSCORE <key> <bound> <bound>"},
    CommandForm{"ZPOPMIN <key> [<count>|]"},
    CommandForm{"ZPOPMAX <key> [<count>|]"},
    CommandForm{"ZMPOP <numbered_keys> [MIN|MAX] [COUNT <count>|]"},
    CommandForm{"ZRANDMEMBER <key>", kind},
    CommandForm{"ZRANDMEMBER <key> [100000|0]", unordered},
    CommandForm{"ZSCAN <key> 0 COUNT 1000000 [MATCH <glob>|]", unordered_pairs},
    CommandForm{"ZUNION <numbered_keys> [AGGREGATE [SUM|MIN|MAX]|] [WITHSCORES|]"},
    CommandForm{"ZINTER <numbered_keys> [AGGREGATE [SUM|MIN|MAX]|] [WITHSCORES|]"},
    CommandForm{"ZDIFF <numbered_keys> [WITHSCORES|]"},
    CommandForm{"ZINTERCARD <numbered_keys> [LIMIT <count>|]"},
    CommandForm{"ZUNIONSTORE <key> <numbered_keys> [AGGREGATE [SUM|MIN|MAX]|]"},
    CommandForm{"ZUNIONSTORE <key> 2 <key> <key> WEIGHTS <score> <score>"},
    CommandForm{"ZINTERSTORE <key> <numbered_keys> [AGGREGATE [SUM|MIN|MAX]|]"},
    CommandForm{"ZINTERSTORE <key> 2 <key> <key> WEIGHTS <score> <score>"},
    CommandForm{"ZDIFFSTORE <key> <numbered_keys>"},
    // What order by bytes means where scores differ, Redis does not say.
    CommandForm{"ZADD <equal_key> 0 <member>", exact, 4},
    CommandForm{"ZREM <equal_key> <member>"},
    CommandForm{"ZLEXCOUNT <equal_key> <byte_bound> <byte_bound>"},
    CommandForm{"ZRANGEBYLEX <equal_key> <byte_bound> <byte_bound> [LIMIT <index> <index>|]"},
    CommandForm{"ZREVRANGEBYLEX <equal_key> <byte_bound> <byte_bound> [LIMIT <index> <index>|]"},
    CommandForm{
        "ZRANGE <equal_key> <byte_bound> <byte_bound> BYLEX [REV|] [LIMIT <index> <index>|]"},
    CommandForm{"ZREMRANGEBYLEX <equal_key> <byte_bound> <byte_bound>"},
};

// What operates the server, as far as it does not depend on what others do at the time.
constexpr std::array kOperations = {
    CommandForm{"WAIT 0 [0|100|-1|x]", exact, 0},
    CommandForm{"WAIT x 0", exact, 0},
    CommandForm{"SLOWLOG GET [x|-2|1 2]", exact, 0},
    CommandForm{"SLOWLOG [LEN 1|RESET 1|FOO|GET -9223372036854775809]", exact, 0},
    CommandForm{"LATENCY [LATEST|RESET|RESET none|HISTORY none|GRAPH none|GRAPH|FOO]", exact, 0},
    CommandForm{"LATENCY HISTOGRAM none", exact, 0},
    CommandForm{"CLIENT PAUSE 0 [WRITE|ALL|SOME|WRITE x|]", exact, 0},
    CommandForm{"CLIENT PAUSE [x|-1|9223372036854775808] [WRITE|]", exact, 0},
    CommandForm{"CLIENT UNPAUSE [x|]", exact, 0},
    CommandForm{"MEMORY USAGE none [SAMPLES|SAMPLES x|SAMPLES -1|SAMPLES 1|FOO 1|SAMPLES SAMPLES "
                "x|SAMPLES 1 SAMPLES 2|SAMPLES 1 FOO|]",
                exact, 0},
    CommandForm{"MEMORY PURGE", exact, 0},
    CommandForm{"CONFIG GET [slowlog-max-len|latency-monitor-threshold]", exact, 0},
    CommandForm{"CONFIG SET slowlog-log-slower-than [-2|x|10000]", exact, 0},
    CommandForm{"CONFIG SET latency-monitor-threshold [-1|x|0]", exact, 0},
};

constexpr std::array kAll = {
    CommandForms{"strings", kStrings},
    CommandForms{"keys", kKeys},
    CommandForms{"bitmaps", kBitmaps},
    CommandForms{"transactions", kTransactions},
    CommandForms{"hashes", kHashes},
    CommandForms{"lists", kLists},
    CommandForms{"sets", kSets},
    CommandForms{"sorted_sets", kSortedSets},
    CommandForms{"operations", kOperations},
};

}  // namespace

std::span<const CommandForms> all_forms() noexcept { return kAll; }

}  // namespace quartz::server
