#include "loadgen.h"

#include <stdio.h>
#include <string.h>

static void add_config(rd_kafka_NewTopic_t *topic, const char *config) {
    char key[256];
    const char *equals = strchr(config, '=');
    if (!equals || equals - config >= (long)sizeof key) fail("not key=value: %s", config);
    memcpy(key, config, (size_t)(equals - config));
    key[equals - config] = 0;
    rd_kafka_NewTopic_set_config(topic, key, equals + 1);
}

int create_topic(const struct options *options) {
    char reason[512];
    rd_kafka_t *client = new_client(RD_KAFKA_PRODUCER, options, NULL);
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(options->topic, options->partitions, 1, reason, sizeof reason);
    if (!topic) fail("%s", reason);
    for (int i = 0; i < options->config_count; i++) add_config(topic, options->configs[i]);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_CreateTopics(client, &topic, 1, NULL, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 30000);
    if (!event) fail("no answer");
    if (rd_kafka_event_error(event)) fail("%s", rd_kafka_event_error_string(event));
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    if (count != 1 || rd_kafka_topic_result_error(results[0]))
        fail("%s", count ? rd_kafka_topic_result_error_string(results[0]) : "no result");
    printf("{\"topic\": \"%s\", \"partitions\": %d}\n", options->topic, options->partitions);
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(queue);
    rd_kafka_NewTopic_destroy(topic);
    rd_kafka_destroy(client);
    return 0;
}
