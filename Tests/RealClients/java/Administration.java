import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ClassicGroupDescription;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;

/** Kafka's Admin; each method's answer as plain lists and maps. */
final class Administration {
    private final Admin admin;

    Administration(String address) {
        admin = Admin.create(Map.of("bootstrap.servers", address, "enable.metrics.push", "true",
            "request.timeout.ms", "10000", "default.api.timeout.ms", "20000"));
    }

    Object run(String method, List<String> words) throws Exception {
        return switch (method) {
            case "listGroups" -> listGroups();
            case "describeConsumerGroups" -> describeConsumerGroup(words.get(0));
            case "describeClassicGroups" -> describeClassicGroup(words.get(0));
            case "listConsumerGroupOffsets" -> listOffsets(words.get(0));
            case "alterConsumerGroupOffsets" -> admin.alterConsumerGroupOffsets(words.get(0), Map.of(
                partition(words, 1), new OffsetAndMetadata(Long.parseLong(words.get(3)), words.get(4)))).all().get();
            case "deleteConsumerGroupOffsets" ->
                admin.deleteConsumerGroupOffsets(words.get(0), Set.of(partition(words, 1))).all().get();
            case "deleteConsumerGroups" -> admin.deleteConsumerGroups(words).all().get();
            case "removeMembersFromConsumerGroup" -> admin.removeMembersFromConsumerGroup(words.get(0),
                words.size() == 1 ? new RemoveMembersFromConsumerGroupOptions()
                : new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove(words.get(1))))).all().get();
            case "describeFeatures" -> describeFeatures();
            case "describeMetadataQuorum" -> describeMetadataQuorum();
            case "listConfigResources" -> listConfigResources();
            case "incrementalAlterConfigs" -> admin.incrementalAlterConfigs(Map.of(resource(words), List.of(
                new AlterConfigOp(new ConfigEntry(words.get(2), words.get(3)),
                    words.get(3).isEmpty() ? AlterConfigOp.OpType.DELETE : AlterConfigOp.OpType.SET)))).all().get();
            case "describeConfigs" -> describeConfigs(resource(words));
            case "listPartitionReassignments" -> admin.listPartitionReassignments().reassignments().get();
            case "electLeaders" -> electLeaders(partition(words, 0));
            case "describeProducers" -> describeProducers(partition(words, 0));
            case "describeReplicaLogDirs" -> describeReplicaLogDirs(words);
            case "clientInstanceId" -> admin.clientInstanceId(Duration.ofSeconds(10));
            default -> throw new IllegalArgumentException(method);
        };
    }

    private static TopicPartition partition(List<String> words, int at) {
        return new TopicPartition(words.get(at), Integer.parseInt(words.get(at + 1)));
    }

    private static ConfigResource resource(List<String> words) {
        return new ConfigResource(ConfigResource.Type.valueOf(words.get(0)), words.get(1));
    }

    private static Map<String, Object> row(Object... pairs) {
        Map<String, Object> row = new LinkedHashMap<>();
        for (int at = 0; at < pairs.length; at += 2) {
            row.put((String) pairs[at], pairs[at + 1]);
        }
        return row;
    }

    private Object listGroups() throws Exception {
        Map<String, Object> groups = new TreeMap<>();
        admin.listGroups().all().get().forEach(group -> groups.put(group.groupId(), row(
            "type", group.type(), "protocol", group.protocol(), "state", group.groupState())));
        return groups;
    }

    private Object describeConsumerGroup(String name) throws Exception {
        ConsumerGroupDescription group = admin.describeConsumerGroups(List.of(name)).all().get().get(name);
        return row("type", group.type(), "state", group.groupState(), "assignor", group.partitionAssignor(),
            "groupEpoch", group.groupEpoch(), "targetAssignmentEpoch", group.targetAssignmentEpoch(),
            "members", members(group.members()), "coordinator", group.coordinator().id());
    }

    private Object describeClassicGroup(String name) throws Exception {
        ClassicGroupDescription group = admin.describeClassicGroups(List.of(name)).all().get().get(name);
        return row("state", group.state(), "protocol", group.protocol(), "protocolData", group.protocolData(),
            "members", members(group.members()));
    }

    private static List<Object> members(Iterable<MemberDescription> described) {
        List<Object> members = new ArrayList<>();
        for (MemberDescription member : described) {
            List<Object> partitions = new ArrayList<>();
            member.assignment().topicPartitions().forEach(at -> partitions.add(List.of(at.topic(), at.partition())));
            members.add(row("id", member.consumerId(), "client", member.clientId(), "host", member.host(),
                "instance", member.groupInstanceId(), "assignment", partitions, "epoch", member.memberEpoch(),
                "upgraded", member.upgraded()));
        }
        return members;
    }

    private Object listOffsets(String group) throws Exception {
        Map<Object, Object> offsets = new LinkedHashMap<>();
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().forEach((partition, committed) ->
            offsets.put(partition, committed == null ? null : List.of(committed.offset(), committed.metadata())));
        return offsets;
    }

    private Object describeFeatures() throws Exception {
        FeatureMetadata features = admin.describeFeatures().featureMetadata().get();
        Map<String, Object> finalized = new TreeMap<>();
        features.finalizedFeatures().forEach((name, range) -> finalized.put(name, range.maxVersionLevel()));
        Map<String, Object> supported = new TreeMap<>();
        features.supportedFeatures().forEach((name, range) ->
            supported.put(name, List.of(range.minVersion(), range.maxVersion())));
        return row("finalized", finalized, "supported", supported);
    }

    private Object describeMetadataQuorum() throws Exception {
        QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
        List<Object> voters = new ArrayList<>();
        quorum.voters().forEach(voter -> voters.add(voter.replicaId()));
        return row("leader", quorum.leaderId(), "epoch", quorum.leaderEpoch(),
            "highWatermark", quorum.highWatermark(), "voters", voters);
    }

    private Object listConfigResources() throws Exception {
        List<Object> resources = new ArrayList<>();
        for (ConfigResource resource : admin.listConfigResources().all().get()) {
            resources.add(List.of(resource.type(), resource.name()));
        }
        return resources;
    }

    private Object describeConfigs(ConfigResource resource) throws Exception {
        Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
        Map<String, Object> entries = new TreeMap<>();
        config.entries().forEach(entry -> entries.put(entry.name(), List.of(
            String.valueOf(entry.value()), entry.source().name())));
        return entries;
    }

    private Object electLeaders(TopicPartition partition) throws Exception {
        return String.valueOf(admin.electLeaders(ElectionType.PREFERRED, Set.of(partition)).partitions().get()
            .get(partition).map(error -> error.getClass().getSimpleName()).orElse("elected"));
    }

    private Object describeProducers(TopicPartition partition) throws Exception {
        List<Object> producers = new ArrayList<>();
        var described = admin.describeProducers(List.of(partition)).partitionResult(partition).get();
        described.activeProducers().forEach(producer ->
            producers.add(row("id", producer.producerId(), "epoch", producer.producerEpoch(),
                "sequence", producer.lastSequence())));
        return producers;
    }

    private Object describeReplicaLogDirs(List<String> words) throws Exception {
        TopicPartitionReplica replica = new TopicPartitionReplica(
            words.get(0), Integer.parseInt(words.get(1)), Integer.parseInt(words.get(2)));
        return admin.describeReplicaLogDirs(List.of(replica)).all().get().get(replica).getCurrentReplicaLogDir();
    }
}
