import Testing

@testable import CommandLineTool

@Suite struct TopicDescribeCommandTests {
    @Test(arguments: [
        (Int64?(1), Int64?.none, "takes nothing"), (1, 1000, "takes nothing"), (.max, .max, "operating system"),
        (nil, nil, "operating system"), (100, .max, "at most the last 100 records of a partition (flush.messages=100)"),
        (.max, 5000, "at most those of the last 5 s (flush.ms=5000)"),
        (10, 50, "the last 10 records of a partition (flush.messages=10) or those of the last 50 ms (flush.ms=50)"),
    ])
    func `the loss window follows from the flush settings`(messages: Int64?, milliseconds: Int64?, expected: String) {
        let sentence = LossWindow(flushMessages: messages, flushMilliseconds: milliseconds).sentence
        #expect(sentence.contains(expected))
    }
}
