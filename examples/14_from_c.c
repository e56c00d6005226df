// The C interface, for programs in C and whatever binds to it: rows, a batch, a search.
#include <stdio.h>
#include <stdlib.h>

#include <quartz/quartz.h>

// Ends the program with what a call answered, unless that was success.
static void check(quartz_error* error) {
  if (error == NULL) return;
  fprintf(stderr, "%s: %s\n", quartz_code_name(quartz_error_code(error)),
          quartz_error_message(error));
  quartz_error_destroy(error);
  exit(1);
}

static void print(const char* what, quartz_bytes bytes) {
  printf("%s %.*s\n", what, (int)bytes.size, bytes.data);
}

int main(void) {
  quartz_engine* engine = NULL;
  check(quartz_engine_open("data", NULL, &engine));
  check(quartz_engine_put(engine, NULL, quartz_text("greeting"), quartz_text("hello"), NULL));

  quartz_value* value = NULL;  // Stays NULL if there is no such key.
  check(quartz_engine_get(engine, NULL, NULL, quartz_text("greeting"), &value));
  if (value != NULL) print("greeting is", quartz_value_bytes(value));
  quartz_value_destroy(value);

  // A collection of vectors, written with a key in one batch: both or none.
  quartz_collection_config config = quartz_collection_config_defaults(2);
  quartz_collection* places = NULL;
  check(quartz_collection_open(engine, "places", &config, &places));
  const float north[] = {0, 1};
  const float east[] = {1, 0};
  quartz_batch* batch = quartz_batch_create();
  quartz_batch_upsert(batch, places, quartz_text("north"), north, 2,
                      quartz_text("{\"cold\": true}"));
  quartz_batch_upsert(batch, places, quartz_text("east"), east, 2,
                      quartz_text("{\"cold\": false}"));
  quartz_batch_put(batch, NULL, quartz_text("places"), quartz_text("2"));
  check(quartz_engine_write(engine, batch, NULL));
  quartz_batch_destroy(batch);

  const float query[] = {1, 3};
  quartz_search_options options = {.k = 1, .filter = "cold == true", .with_payload = true};
  quartz_hits* hits = NULL;
  check(quartz_collection_search(places, query, 2, &options, &hits));
  for (size_t i = 0; i < quartz_hits_count(hits); ++i) {
    print("nearest is", quartz_hits_id(hits, i));
    print("  with", quartz_hits_payload(hits, i));
  }
  quartz_hits_destroy(hits);

  quartz_collection_destroy(places);
  check(quartz_engine_close(engine));
  quartz_engine_destroy(engine);
  return 0;
}
