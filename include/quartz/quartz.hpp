#pragma once

// All of Quartz but what needs Boost.Asio: for that, include "quartz/storage/async.hpp" as well.

#include "quartz/error.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/cursor.hpp"
#include "quartz/storage/durability.hpp"
#include "quartz/storage/event_listener.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/limits.hpp"
#include "quartz/storage/pinned_value.hpp"
#include "quartz/storage/scan_options.hpp"
#include "quartz/storage/snapshot.hpp"
#include "quartz/storage/statistics.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/storage/verify.hpp"
#include "quartz/storage/write_batch.hpp"
#include "quartz/vector/limits.hpp"
#include "quartz/version.hpp"
