import ArgumentParser
import Testing

@testable import CommandLineTool

@Suite struct TopicDeleteRecordsCommandTests {
    @Test(arguments: [
        (["t", "--all"], true), (["t", "--all", "--partition", "3"], true),
        (["t", "--partition", "0", "--before", "42"], true), (["t"], false), (["t", "--before", "42"], false),
        (["t", "--all", "--partition", "0", "--before", "42"], false),
        (["t", "--partition", "0", "--before=-1"], false),
    ])
    func `it has to be said which records`(arguments: [String], isEnough: Bool) {
        #expect(((try? TopicDeleteRecordsCommand.parse(arguments)) != nil) == isEnough)
    }
}
